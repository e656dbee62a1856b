import { NotAllowedError, ServiceUnavailableError } from '../errors.ts';
import { createJournal } from '../execution/journal.ts';
import { FakeClock } from '../testing/clock.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { operationOf, planOf } from '../testing/operations.ts';
import { ListReader } from './list-reader.ts';
import { createDrService } from './service.ts';

it('a cancel that fails says why, also where the journal cannot be read afterwards', async () => {
  const clock = new FakeClock(undefined, { auto: true });
  const east = new MemoryCluster({ name: 'east', clock });
  const journal = createJournal([east], 'kubectl-dr');
  const { id } = (await journal.create('east', operationOf(await planOf(), { state: 'Running' }))).operation;
  let gone = false;
  const service = createDrService({
    clusters: [east],
    reader: new ListReader([east]),
    engines: [],
    clock,
    holder: 'me',
    journal: {
      ...journal,
      async read(cluster, name) {
        if (gone) throw new ServiceUnavailableError('east does not answer', { cluster });
        return journal.read(cluster, name);
      },
    },
    lock: {
      async acquire() {
        gone = true;
        throw new NotAllowedError('me may not update leases');
      },
    },
  });
  await expect(service.cancel(id, { name: 'me' })).rejects.toThrow('me may not update leases');
});
