import { expect } from 'vitest';
import { types } from '../ports/kubernetes.ts';
import type { Checks } from './cluster-conformance-harness.ts';
import { configMapRef, unknownType } from './cluster-conformance-harness.ts';

export function checkFailures({ harness, check }: Checks): void {
  check('says UNAUTHENTICATED to a stranger', async ({ skip }) => {
    const { stranger } = harness();
    if (!stranger) return skip('this cluster knows everybody');
    await expect(stranger.list(types.configMaps)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'UNAUTHENTICATED',
      cluster: stranger.name,
      hint: expect.any(String),
    });
  });

  check('says FORBIDDEN with identity, verb and resource', async ({ skip }) => {
    const { restricted } = harness();
    if (!restricted) return skip('this cluster forbids nothing');
    const { cluster, username } = restricted;
    const error = await cluster.get(configMapRef('default', 'a')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'NotAllowedError',
      code: 'FORBIDDEN',
      cluster: cluster.name,
      details: { user: username, verb: 'get', resource: 'configmaps', namespace: 'default' },
      hint: expect.stringContaining('--verb=get'),
    });
    expect((error as Error).message).toContain(username);
    await expect(cluster.list(types.deployments)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      details: { user: username, verb: 'list', resource: 'deployments.apps' },
    });
  });

  check('says NOT_FOUND for a type that is not served to who may list nothing as well', async ({ skip }) => {
    const { restricted } = harness();
    if (!restricted) return skip('this cluster forbids nothing');
    const { cluster } = restricted;
    for (const type of [unknownType, { ...types.deployments, resource: 'unknowns' }])
      await expect(cluster.list(type)).rejects.toMatchObject({ code: 'NOT_FOUND', cluster: cluster.name });
  });

  check('says that a pod is not there in which something should run', async () => {
    const { cluster } = harness();
    await expect(cluster.exec({ namespace: 'default', pod: 'absent' }, ['true'])).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'NOT_FOUND',
      cluster: cluster.name,
    });
  });

  check('says CLUSTER_UNREACHABLE when nothing answers, whatever was asked', async ({ skip }) => {
    const { unreachable } = harness();
    if (!unreachable) return skip('there is no client without a server');
    const expected = { name: 'ServiceUnavailableError', code: 'CLUSTER_UNREACHABLE', cluster: unreachable.name };
    await expect(unreachable.get(configMapRef('default', 'a'))).rejects.toMatchObject(expected);
    await expect(unreachable.list(types.configMaps)).rejects.toMatchObject(expected);
    await expect(unreachable.discover()).rejects.toMatchObject(expected);
    await expect(unreachable.identity()).rejects.toMatchObject(expected);
    await expect(unreachable.version()).rejects.toMatchObject(expected);
    await expect(unreachable.exec({ namespace: 'default', pod: 'a' }, ['true'])).rejects.toMatchObject(expected);
    const watching = unreachable.watch(types.configMaps, { resourceVersion: '1' })[Symbol.asyncIterator]();
    await expect(watching.next()).rejects.toMatchObject(expected);
  });
}
