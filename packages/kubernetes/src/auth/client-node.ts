import { AuthenticationError } from '@kubectl-dr/core/errors';
import type { ClusterConfig } from '../kubeconfig/context.ts';

/**
 * The authorization header of a legacy auth-provider (azure, gcp, oidc), obtained by client-node, which knows them. It is
 * loaded only for such users: importing it costs a quarter of a second.
 */
export async function authProviderHeader(config: ClusterConfig): Promise<string | undefined> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromOptions({
    clusters: [{ name: config.cluster.name, server: config.cluster.server, skipTLSVerify: config.cluster.insecureSkipTlsVerify ?? false }],
    users: [{ name: config.user.name, authProvider: config.user.authProvider }],
    contexts: [{ name: config.name, cluster: config.cluster.name, user: config.user.name }],
    currentContext: config.name,
  });
  try {
    const options: { headers?: Record<string, string> } = { headers: {} };
    await kubeConfig.applyToHTTPSOptions(options as Parameters<typeof kubeConfig.applyToHTTPSOptions>[0]);
    return options.headers?.Authorization ?? options.headers?.authorization;
  } catch (cause) {
    throw new AuthenticationError(
      `the auth provider of the user "${config.user.name}" gave no credential: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
        hint: 'log in again with the tool of your cloud',
      },
    );
  }
}
