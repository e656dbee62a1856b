import { labels } from '../../application/model.ts';
import { NotAllowedError } from '../../errors.ts';
import { type ResourceType, types } from '../../ports/kubernetes.ts';
import { FakeClock } from '../../testing/clock.ts';
import { MemoryCluster } from '../../testing/memory-cluster.ts';
import type { ActionContext } from './context.ts';
import { removeEmptyNamespace } from './namespace-remove-empty.ts';

/** With the namespace `shop` that an operation has made, or somebody else. */
async function world(operationId = 'move-1') {
  const clock = new FakeClock('2026-01-15T12:00:00Z', { auto: true });
  const cluster = new MemoryCluster({ name: 'west', clock });
  const metadata = { name: 'shop', labels: { [labels.operation]: operationId } };
  await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata });
  const context: ActionContext = {
    cluster,
    peer: () => cluster,
    engines: [],
    clock,
    operationId: 'move-1',
    stepId: 'undo-prepare',
    name: 'move-1-undo-prepare',
    attempt: 1,
    namespaces: ['shop'],
    other: () => {
      throw new Error('it asks for no other step');
    },
    restores: () => [],
    signal: new AbortController().signal,
    report: async () => undefined,
  };
  const put = (type: ResourceType, apiVersion: string, name: string, owner?: string) =>
    cluster.create(type, {
      apiVersion,
      kind: type.kind,
      metadata: {
        name,
        namespace: 'shop',
        ...(owner !== undefined && { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner }] }),
      },
    });
  const removed = () => removeEmptyNamespace({ kind: 'namespace.remove.empty', namespace: 'shop', timeoutSeconds: 30 }, context);
  const isThere = () => cluster.peek(types.namespaces).some(({ metadata: { name } }) => name === 'shop');
  return { cluster, clock, put, removed, isThere };
}

describe('the namespace that a move has made', () => {
  it('goes when only that is in it which every namespace has', async () => {
    const { put, removed, isThere } = await world();
    await put(types.configMaps, 'v1', 'kube-root-ca.crt');
    await put(types.serviceAccounts, 'v1', 'default');
    expect(await removed()).toBe('shop was empty, and is gone');
    expect(isThere()).toBe(false);
    expect(await removed()).toBe('shop is gone');
  });

  it('is left with whatever anybody has put there, of any kind', async () => {
    const { put, removed, isThere } = await world();
    await put(types.persistentVolumeClaims, 'v1', 'letters');
    expect(await removed()).toBe('shop is left: PersistentVolumeClaim letters is in it');
    expect(isThere()).toBe(true);
  });

  it('waits for what goes a little later than its owner', async () => {
    const { cluster, clock, put, removed, isThere } = await world();
    await put(types.pods, 'v1', 'web-1', 'web');
    const going = removed();
    await clock.sleep(10_000);
    expect(isThere()).toBe(true);
    await cluster.delete({ type: types.pods, namespace: 'shop', name: 'web-1' });
    expect(await going).toBe('shop was empty, and is gone');
  });

  it('is left where somebody else has made it', async () => {
    const { removed, isThere } = await world('move-0');
    expect(await removed()).toBe('shop was not made by this operation: it is left as it is');
    expect(isThere()).toBe(true);
  });

  it.each([
    ['to delete it', 'delete', 'namespaces', 'the right to delete it is missing on west'],
    ['to see what is in it', 'list', 'secrets', 'perhaps one of secrets, which may not be listed, is in it'],
  ])('is left where the right is missing %s', async (_what, verb, resource, why) => {
    const { cluster, removed, isThere } = await world();
    cluster.intercept = (call) => {
      if (call.verb === verb && call.resource === resource) throw new NotAllowedError('no', { cluster: 'west', code: 'FORBIDDEN' });
    };
    expect(await removed()).toContain(why);
    expect(isThere()).toBe(true);
  });
});
