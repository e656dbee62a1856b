import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { conformanceDefinition, conformanceType } from '@kubectl-dr/core/testing/cluster-conformance';
import type { ClusterHarness } from '@kubectl-dr/core/testing/cluster-conformance';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { MemoryCluster, unreachable } from '@kubectl-dr/core/testing/memory-cluster';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { createApi } from '@kubectl-dr/sandbox/api/server';
import { serveHttps } from '@kubectl-dr/sandbox/doors/https';
import { serveLinks } from './links.ts';
import { clientOf, define, forget, realCluster } from './real.ts';

/** What is under test; see README.md. */
export type TargetName = 'memory' | 'sandbox' | 'real';

declare module 'vitest' {
  interface ProvidedContext {
    target: TargetName;
  }
}

/** One cluster of a target, prepared for the conformance suite. */
export const harnesses: Record<TargetName, () => ClusterHarness | Promise<ClusterHarness>> = {
  memory() {
    const clock = new FakeClock();
    const cluster = new MemoryCluster({ name: 'east', clock, types: [conformanceType] });
    const away = new MemoryCluster({ name: 'away', clock });
    away.intercept = () => {
      throw unreachable('away');
    };
    return {
      cluster,
      unreachable: away,
      compact: () => cluster.compact(),
      offer(bytes) {
        const url = `https://store.example.dev/${crypto.randomUUID()}`;
        cluster.blobs.set(url, bytes);
        return url;
      },
    };
  },

  async sandbox() {
    const tokens = { root: { username: 'root', groups: ['system:masters'] }, guest: { username: 'guest', groups: ['visitors'] } };
    const historySize = 200;
    const api = createApi({ name: 'east', clock: systemClock, tokens, crds: [conformanceDefinition], historySize });
    const door = await serveHttps({ apis: { east: api }, port: 0 });
    const clients: HttpCluster[] = [];
    const client = (name: string, token: string, server = `${door.url}/clusters/east`): HttpCluster => {
      const cluster = { name, server, caData: Buffer.from(door.ca).toString('base64') };
      const made = new HttpCluster({ config: { name, cluster, user: { name: token, token } } });
      clients.push(made);
      return made;
    };
    const cluster = client('east', 'root');
    return {
      cluster,
      stranger: client('strange', 'forged'),
      restricted: { cluster: client('guarded', 'guest'), username: 'guest' },
      unreachable: client('away', 'root', 'https://127.0.0.1:1'),
      async compact() {
        // The history is trimmed when it is twice as long as it has to be.
        const noise = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'noise-', namespace: 'default' } };
        for (let index = 0; index < 2 * historySize; index += 1) await cluster.create(types.configMaps, noise as unknown as KubeObject);
      },
      offer(bytes) {
        const key = crypto.randomUUID();
        api.objects.set(key, bytes);
        return `${door.url}/clusters/east/_objects/${key}`;
      },
      async close() {
        await Promise.all(clients.map((each) => each.close()));
        api.close();
        await door.close();
      },
    };
  },

  async real() {
    const east = realCluster('east');
    const cluster = await clientOf(east);
    const [stranger, guarded, away] = [
      await clientOf(east, { token: 'forged' }),
      await clientOf(east, { impersonate: { user: 'guest', groups: ['visitors'] } }),
      await clientOf(east, { server: 'https://127.0.0.1:1' }),
    ];
    await define(cluster, conformanceDefinition);
    const links = await serveLinks();
    return {
      cluster,
      stranger,
      restricted: { cluster: guarded, username: 'guest' },
      unreachable: away,
      ...(east.etcd === undefined ? {} : { compact: () => forget(east, cluster) }),
      offer: (bytes) => links.offer(bytes).url,
      async close() {
        await links.close();
        await Promise.all([cluster, stranger, guarded, away].map((each) => each.close()));
      },
    };
  },
};
