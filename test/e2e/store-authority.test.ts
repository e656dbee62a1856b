import { authoritiesOf } from '@kubectl-dr/core/engines/velero/authorities';
import { systemClock } from '@kubectl-dr/core/system-clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { HttpCluster } from '@kubectl-dr/kubernetes';
import { Authority, base64, serveTls } from './tls.ts';

/** An object store whose certificate is signed by an authority that only the location names. */
it('a store is believed where the location of a backup names the authority of its certificate, and else refused with what to do', async () => {
  const authority = await Authority.open();
  const store = await serveTls(await authority.issue(), (_, response) => response.end('captured'));
  onTestFinished(() => store.close());
  const east = new HttpCluster({
    name: 'east',
    config: { name: 'east', cluster: { name: 'east', server: 'http://127.0.0.1:1' }, user: { name: 'u' } },
  });
  await expect(east.download(`${store.url}/one`)).rejects.toMatchObject({
    code: 'CONTENTS_UNREADABLE',
    hint: expect.stringContaining('spec.objectStorage.caCert'),
  });
  const authorities = (named: object) => {
    const objects: Record<string, object> = {
      'backups/one': { spec: { storageLocation: 'default' } },
      'restores/back': { spec: { backupName: 'one' } },
      'backupstoragelocations/default': { spec: { objectStorage: named } },
      'secrets/store-ca': { data: { 'ca.crt': base64(authority.pem) } },
    };
    const cluster = { get: async ({ type, name }: never) => objects[`${(type as { resource: string }).resource}/${name as string}`] };
    const context = { cluster: cluster as unknown as ClusterClient, clock: systemClock, namespace: 'velero' };
    return () => authoritiesOf(context, 'RestoreResults', 'back');
  };
  for (const named of [{ caCert: base64(authority.pem) }, { caCertRef: { name: 'store-ca', key: 'ca.crt' } }])
    expect(new TextDecoder().decode(await east.download(`${store.url}/one`, { authorities: authorities(named) }))).toBe('captured');
  const other = await Authority.open('CN=another authority');
  for (const named of [{}, { caCert: base64(other.pem) }, { caCert: '%' }])
    await expect(east.download(`${store.url}/one`, { authorities: authorities(named) })).rejects.toMatchObject({
      code: 'CONTENTS_UNREADABLE',
    });
});
