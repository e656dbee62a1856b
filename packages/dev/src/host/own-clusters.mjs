import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * The sandbox's west as the Kubernetes plugin would be told of it, by its configuration; and by a module of the host, which finds it
 * itself and has an auth strategy of its own: `{ config, module }`, of which a host has one.
 */
export function westOfKubernetesPlugin(kubeconfig) {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8'));
  const west = clusters.find(({ name }) => name === 'west').cluster;
  const { token } = users.find(({ name }) => name === 'admin').user;
  const address = { name: 'west', url: west.server, caData: west['certificate-authority-data'] };
  return {
    config: { type: 'config', clusters: [{ ...address, authProvider: 'serviceAccount', serviceAccountToken: token }] },
    module: `
import { createBackendModule } from '@backstage/backend-plugin-api';
import { kubernetesAuthStrategyExtensionPoint, kubernetesClusterSupplierExtensionPoint } from '@backstage/plugin-kubernetes-node';

export default createBackendModule({
  pluginId: 'kubernetes',
  moduleId: 'own-clusters',
  register({ registerInit }) {
    registerInit({
      deps: { clusters: kubernetesClusterSupplierExtensionPoint, strategies: kubernetesAuthStrategyExtensionPoint },
      async init({ clusters, strategies }) {
        clusters.addClusterSupplier({
          getClusters: async () => [{ ...${JSON.stringify(address)}, authMetadata: { 'kubernetes.io/auth-provider': 'vault' } }],
        });
        strategies.addAuthStrategy('vault', {
          getCredential: async () => ({ type: 'bearer token' as const, token: ${JSON.stringify(token)} }),
          validateCluster: () => [],
          presentAuthMetadata: () => ({}),
        });
      },
    });
  },
});
`,
  };
}
