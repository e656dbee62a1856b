import { engine } from '@kubectl-dr/core/engines/stork/index';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import type { EngineHarness } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { backUp } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { StorkStage } from './stage.testing.ts';

describeEngine('Stork, over the sandbox', async () => {
  const stork = await StorkStage.open();
  await stork.shop();
  const harness: EngineHarness = {
    engine,
    context: stork.context,
    namespace: 'shop',
    settle: () => stork.time.sleep(1_000),
    incomplete(name) {
      stork.behaviour.failures['shop/data-db-0'] = 'node is gone';
      return backUp(harness, name);
    },
    async unattended() {
      stork.behaviour.down = true;
      return { context: stork.context, pass: () => stork.time.sleep(15 * 60_000) };
    },
    close: () => stork.stage.close(),
  };
  return harness;
});
