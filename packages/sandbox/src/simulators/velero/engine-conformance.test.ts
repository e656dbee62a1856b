import { engine } from '@kubectl-dr/core/engines/velero/index';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import type { EngineHarness } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { backUp } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { VeleroStage } from './stage.testing.ts';

describeEngine('Velero, over the sandbox', async () => {
  const velero = await VeleroStage.open();
  await velero.shop();
  const clock = {
    now: () => velero.clock.now(),
    sleep: async (milliseconds: number) => {
      await velero.clock.advance(milliseconds);
      await velero.stage.idle();
    },
  };
  const harness: EngineHarness = {
    engine,
    context: { cluster: velero.stage.cluster, clock, namespace: 'velero' },
    namespace: 'shop',
    settle: () => clock.sleep(1_000),
    incomplete(name) {
      velero.behaviour.moveData = true;
      velero.behaviour.failures.push({ kind: 'Volume', namespace: 'shop', claim: 'data-db-0', message: 'node is gone' });
      return backUp(harness, name);
    },
    silence: () => void (velero.behaviour.down = true),
    async unattended() {
      velero.behaviour.down = true;
      return { context: { cluster: velero.stage.cluster, clock, namespace: 'velero' }, pass: () => clock.sleep(15 * 60_000) };
    },
    close: () => velero.stage.close(),
  };
  return harness;
});
