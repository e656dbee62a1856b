import type { KubeObject } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import { isGenerated } from './controllers.ts';
import { answersForTheOriginal, hostsLeftOut, isCalledLikeItsHost } from './host-names.ts';
import type { Change } from './model.ts';
import { namesLeft } from './namespace-names.ts';
import type { neutralise } from './neutralise.ts';
import { namesNamespace } from './neutralise.ts';

interface Where {
  cluster: string;
  source: string;
  target: string;
  adapt: typeof neutralise;
  /** Of the application itself, which goes on there: as it arrives. Absent: a copy, beside the original. */
  as?: (object: KubeObject) => KubeObject;
}

/** What a clone creates, object by object, with each rewrite; and what to look out for. */
export function changesOf(captured: readonly KubeObject[], where: Where): { changes: Change[]; warnings: Reason[] } {
  const changes: Change[] = [];
  const hardCoded: string[] = [];
  const arrived: KubeObject[] = [];
  const left: KubeObject[] = [];
  for (const object of captured) {
    if (object.metadata.namespace !== where.source || isGenerated(object)) continue;
    const about = {
      cluster: where.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: where.target,
      name: object.metadata.name,
    };
    if (!where.as && isCalledLikeItsHost(object)) {
      left.push(object);
      changes.push({ action: 'leave', ...about, why: answersForTheOriginal });
      continue;
    }
    const rewritten = where.adapt(object, where.source, where.target);
    changes.push({ action: 'create', ...about, ...(rewritten ? { fields: rewritten.fields } : {}) });
    if (where.as) arrived.push(where.as(object));
    else if (where.source !== where.target && namesNamespace(object, where.source))
      hardCoded.push(`${object.kind} ${object.metadata.name}`);
  }
  const warnings: Reason[] =
    hardCoded.length === 0
      ? namesLeft(arrived, where)
      : [
          {
            code: 'NAMESPACE_NAMED_IN_CONFIG',
            severity: 'warning',
            cluster: where.cluster,
            message: `${hardCoded.length === 1 ? '1 object names' : `${hardCoded.length} objects name`} the namespace ${where.source} in the configuration: the copy would talk to the original, were it not isolated`,
            evidence: hardCoded.slice(0, 20),
            fix: `correct them in ${where.target}, or leave it isolated`,
          },
        ];
  changes.sort((a, b) => `${a.kind}/${a.name}`.localeCompare(`${b.kind}/${b.name}`));
  return { changes, warnings: [...warnings, ...hostsLeftOut(left, where.cluster)] };
}
