import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import type { TestPortal } from './backend.ts';
import { entities } from './world.ts';

/** As somebody with the operator's own kubeconfig starts it and dies: a journal, and nobody that runs it. */
export async function abandoned(world: TestPortal, request: PlanRequest): Promise<string> {
  const { east, engine } = world;
  const line = createDrService({
    clusters: [east],
    reader: new ListReader([east]),
    engines: [engine],
    clock: systemClock,
    holder: 'olivia@laptop/1',
    catalog: { read: async () => ({ entities, problems: [] }) },
    namespace: 'kubectl-dr',
  });
  const plan = await line.plan(request, { name: 'olivia' });
  const leave = new AbortController();
  const { operation, events } = await line.execute(plan, { name: 'olivia' }, { signal: leave.signal });
  await expect(async () => {
    for await (const _ of events) leave.abort(new Error('killed'));
  }).rejects.toThrow('killed');
  await vi.waitFor(async () => expect((await world.as('olivia')('get', `/v1/operations/${operation.id}`)).status).toBe(200));
  return operation.id;
}
