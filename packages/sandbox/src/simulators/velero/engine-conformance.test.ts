import { engine } from '@kubectl-dr/core/engines/velero/index';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
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
  return {
    engine,
    context: { cluster: velero.stage.cluster, clock, namespace: 'velero' },
    namespace: 'shop',
    settle: () => clock.sleep(1_000),
    async unattended() {
      velero.behaviour.down = true;
      return { context: { cluster: velero.stage.cluster, clock, namespace: 'velero' }, pass: () => clock.sleep(3_600_000) };
    },
    close: () => velero.stage.close(),
  };
});
