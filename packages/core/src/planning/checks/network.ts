import { at, listAt, numberAt, textAt } from '../../application/raw.ts';
import type { Reason } from '../../reason.ts';
import type { Rule } from './input.ts';

/** Node ports and hosts are the whole cluster's: who came later does not get them. */
export const clashes: Rule = ({ facts, cluster, namespace, incoming }) => {
  const found: Reason[] = [];
  const tell = (object: string, message: string, other: string): void => {
    found.push({
      code: 'NETWORK_CLASH',
      severity: 'warning',
      cluster,
      message,
      evidence: [object, other],
      fix: 'free it first, or expect another one',
    });
  };
  for (const object of incoming) {
    const { name } = object.metadata;
    const isOwn = (other: { metadata: { name: string; namespace?: string } }): boolean =>
      other.metadata.name === name && other.metadata.namespace === namespace;
    if (object.kind === 'Service') {
      for (const port of listAt(object, 'spec', 'ports')) {
        const nodePort = numberAt(port, 'nodePort');
        const holder = facts.services?.find(
          (other) => !isOwn(other) && nodePort !== undefined && listAt(other, 'spec', 'ports').some((taken) => taken.nodePort === nodePort),
        );
        if (holder)
          tell(
            `Service ${namespace}/${name}`,
            `the node port ${nodePort} of Service ${name} is taken by ${holder.metadata.namespace}/${holder.metadata.name}`,
            `Service ${holder.metadata.namespace}/${holder.metadata.name}`,
          );
      }
      const address = textAt(object, 'spec', 'loadBalancerIP');
      const holder =
        address === undefined
          ? undefined
          : facts.services?.find((other) => !isOwn(other) && textAt(other, 'spec', 'loadBalancerIP') === address);
      if (holder)
        tell(
          `Service ${namespace}/${name}`,
          `the address ${address} of Service ${name} is asked for by ${holder.metadata.namespace}/${holder.metadata.name} as well`,
          `Service ${holder.metadata.namespace}/${holder.metadata.name}`,
        );
    }
    if (object.kind === 'Ingress') {
      for (const rule of listAt(object, 'spec', 'rules')) {
        const host = textAt(rule, 'host');
        const holder = facts.ingresses?.find(
          (other) => !isOwn(other) && host !== undefined && listAt(other, 'spec', 'rules').some((taken) => at(taken, 'host') === host),
        );
        if (holder)
          tell(
            `Ingress ${namespace}/${name}`,
            `the host ${host} of Ingress ${name} is answered by ${holder.metadata.namespace}/${holder.metadata.name} as well`,
            `Ingress ${holder.metadata.namespace}/${holder.metadata.name}`,
          );
      }
    }
  }
  return found;
};
