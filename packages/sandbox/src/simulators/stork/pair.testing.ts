import { kinds } from '@kubectl-dr/core/engines/stork/kinds';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { StorkStage } from './stage.testing.ts';
import { clusterPair, movingControllers } from './stork.ts';

/** Two clusters paired both ways, the shop on `east` and copied to `west` every five minutes. Time stands still until somebody waits. */
export async function storkPair(more: { template?: object; schedule?: object } = {}) {
  const east = await StorkStage.open('east');
  const west = await StorkStage.open('west', east.store, east.clock);
  const link = { cut: false };
  for (const [own, other] of [[east, west] as const, [west, east] as const]) {
    const pair = own === east ? 'to-west' : 'to-east';
    await own.stage.cluster.create(kinds.pairs, clusterPair(pair, 'kube-system'));
    // On the copy of a schedule the pair has the name that it has at the other end.
    await own.stage.cluster.create(kinds.pairs, clusterPair(own === east ? 'to-east' : 'to-west', 'kube-system'));
    own.stage.run(movingControllers({ ...own.options, remote: () => (link.cut ? undefined : other.options) }));
  }
  await east.shop();
  await east.stage.cluster.create(kinds.ownPolicies, policy('five'));
  await west.stage.cluster.create(kinds.ownPolicies, policy('five'));
  await east.stage.cluster.create(kinds.migrationSchedules, migrationSchedule('shop', 'to-west', more));
  const pass = async (milliseconds: number, step = 5_000): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += step) {
      await east.clock.advance(step);
      await east.stage.idle();
      await west.stage.idle();
    }
  };
  await pass(10_000);
  const close = (): void => {
    east.stage.close();
    west.stage.close();
  };
  return { east, west, link, pass, close };
}

export function policy(name: string): KubeObject {
  return {
    apiVersion: apiVersionOf(kinds.ownPolicies),
    kind: kinds.ownPolicies.kind,
    metadata: { name, namespace: 'kube-system' },
    policy: { interval: { intervalMinutes: 5 } },
  };
}

export function migrationSchedule(
  name: string,
  pair: string,
  { template = {}, schedule = {} }: { template?: object; schedule?: object } = {},
): KubeObject {
  return {
    apiVersion: apiVersionOf(kinds.migrationSchedules),
    kind: kinds.migrationSchedules.kind,
    metadata: { name, namespace: 'kube-system' },
    spec: {
      schedulePolicyName: 'five',
      suspend: false,
      autoSuspend: true,
      ...schedule,
      template: {
        spec: {
          clusterPair: pair,
          namespaces: ['shop'],
          includeResources: true,
          includeVolumes: true,
          startApplications: false,
          ...template,
        },
      },
    },
  };
}
