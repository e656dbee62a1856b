import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at, equal, isRecord, listAt, numberAt, recordAt, textAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import { Checks } from './schema/checks.ts';
import type { Store } from './store.ts';

const type = { group: '', kind: 'Service' };

/**
 * Cluster addresses and node ports of services, as the API server hands them out: one service each, an explicit choice
 * is honoured or refused. The refusal is what a restore meets when the old service is still there.
 */
export class ServiceAddresses {
  readonly #taken = new Map<string, string>();
  #lastAddress = 256;
  // The lowest ports and addresses are left to those who choose their own.
  #lastPort = 30_085;

  constructor(store: Store) {
    store.subscribe((event) => {
      if (event.resource !== 'services') return;
      for (const claim of event.previous === undefined ? [] : claims(event.previous)) this.#taken.delete(claim);
      if (event.type !== 'DELETED') for (const claim of claims(event.object)) this.#taken.set(claim, ownerOf(event.object));
    });
  }

  /** The service with its addresses: those of `current` are kept, missing ones are chosen. */
  fill(service: KubeObject, current?: KubeObject): KubeObject {
    const given = recordAt(service, 'spec');
    const kind = textAt(given, 'type') || 'ClusterIP';
    if (kind === 'ExternalName') return service;
    const before = recordAt(current, 'spec');
    const clusterIP = textAt(given, 'clusterIP') || textAt(before, 'clusterIP') || this.#nextAddress();
    const spec: JsonRecord = { ...given, type: kind, clusterIP };
    // Whoever says only one of the two means both.
    if (spec.clusterIPs === undefined || equal(spec.clusterIPs, before.clusterIPs)) spec.clusterIPs = [clusterIP];
    spec.ipFamilies ??= before.ipFamilies ?? ['IPv4'];
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy ?? 'SingleStack';
    if (kind !== 'ClusterIP' && Array.isArray(given.ports)) spec.ports = this.#withNodePorts(given.ports, listAt(before, 'ports'));
    const filled = { ...service, spec };
    this.#refuseTaken(filled);
    return filled;
  }

  #withNodePorts(ports: unknown[], before: unknown[]): unknown[] {
    return ports.map((port) => {
      if (!isRecord(port) || numberAt(port, 'nodePort') !== 0) return port;
      const same = before.find((known) => at(known, 'port') === port.port && equal(at(known, 'protocol'), port.protocol));
      return { ...port, nodePort: numberAt(same, 'nodePort') || this.#nextPort() };
    });
  }

  #refuseTaken(service: KubeObject): void {
    for (const claim of claims(service)) {
      const owner = this.#taken.get(claim);
      if (owner === undefined || owner === ownerOf(service)) continue;
      const address = textAt(service, 'spec', 'clusterIP');
      const checks = new Checks();
      if (claim === address)
        checks.invalid('spec.clusterIPs', [address], `failed to allocate IP ${address}: provided IP is already allocated`);
      else checks.invalid('spec.ports[0].nodePort', Number(claim), 'provided port is already allocated');
      checks.refuse(type, service.metadata.name);
    }
  }

  #nextAddress(): string {
    for (;;) {
      this.#lastAddress++;
      const address = `10.96.${(this.#lastAddress >> 8) & 255}.${this.#lastAddress & 255}`;
      if ((this.#lastAddress & 255) !== 255 && (this.#lastAddress & 255) !== 0 && !this.#taken.has(address)) return address;
    }
  }

  #nextPort(): number {
    do this.#lastPort++;
    while (this.#taken.has(String(this.#lastPort)));
    return this.#lastPort;
  }
}

function ownerOf(service: KubeObject): string {
  return `${service.metadata.namespace ?? ''}/${service.metadata.name}`;
}

function claims(service: KubeObject): string[] {
  const address = textAt(service, 'spec', 'clusterIP');
  const ports = listAt(service, 'spec', 'ports').map((port) => numberAt(port, 'nodePort'));
  return [...(address === '' || address === 'None' ? [] : [address]), ...ports.filter((port) => port !== 0).map(String)];
}
