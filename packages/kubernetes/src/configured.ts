import path from 'node:path';
import { InputError } from '@kubectl-dr/core/errors';
import type { ClusterConfig, ContextOverrides } from './kubeconfig/context.ts';
import { resolveContext } from './kubeconfig/context.ts';
import { inCluster, loadKubeConfig } from './kubeconfig/load.ts';

/** An entry of `dr.clusters`: a context of a kubeconfig, an address with a token, or the cluster this process runs in. */
export interface ClusterDefinition {
  /** What people call it, unique in the fleet. */
  name: string;
  /** Absent: KUBECONFIG, else ~/.kube/config. */
  kubeconfig?: string | undefined;
  /** Default: the cluster's name where there is such a context, else the current one. */
  context?: string | undefined;
  url?: string | undefined;
  token?: string | undefined;
  tokenFile?: string | undefined;
  /** PEM, base64. */
  caData?: string | undefined;
  caFile?: string | undefined;
  skipTLSVerify?: boolean | undefined;
  inCluster?: boolean | undefined;
}

export interface Surroundings {
  env: Record<string, string | undefined>;
  /** What relative paths are relative to: the folder of the configuration file. */
  directory: string;
  /** Names the entry in messages: `dr.clusters[0] in /home/me/app-config.yaml`. */
  where: string;
}

/** Everything needed to talk to it. InputError BAD_CONFIG names the entry. Nothing is connected. */
export async function configuredCluster(
  definition: ClusterDefinition,
  surroundings: Surroundings,
  overrides: ContextOverrides = {},
): Promise<ClusterConfig> {
  const { name, url, kubeconfig } = definition;
  const { env, directory, where } = surroundings;
  if ([url !== undefined, kubeconfig !== undefined, definition.inCluster === true].filter(Boolean).length > 1)
    throw new InputError(`${where} has more than one of url, kubeconfig and inCluster`, { code: 'BAD_CONFIG', hint: 'keep one of them' });
  try {
    if (url !== undefined) return resolveContext(ofUrl(definition, url, directory), { ...overrides, context: name });
    if (definition.inCluster) return { ...resolveContext(inCluster(env), overrides), name };
    const file = await loadKubeConfig({ env, ...(kubeconfig === undefined ? {} : { file: path.resolve(directory, kubeconfig) }) });
    const context = definition.context ?? (file.contexts.has(name) ? name : undefined);
    return { ...resolveContext(file, { ...overrides, ...(context === undefined ? {} : { context }) }), name };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${where} (${name}): ${error.message}`, {
      code: 'BAD_CONFIG',
      hint: error.hint ?? `correct ${where}, or name clusters yourself: --kubeconfig FILE --contexts A,B`,
    });
  }
}

/** As a kubeconfig of one context, so that flags override it in the same way. */
function ofUrl(definition: ClusterDefinition, server: string, directory: string) {
  const { name, token, tokenFile, caData, caFile, skipTLSVerify } = definition;
  const at = (file: string): string => path.resolve(directory, file);
  return {
    clusters: new Map([
      [
        name,
        {
          name,
          server,
          ...(caData === undefined ? {} : { caData }),
          ...(caFile === undefined ? {} : { caFile: at(caFile) }),
          ...(skipTLSVerify ? { insecureSkipTlsVerify: true } : {}),
        },
      ],
    ]),
    users: new Map([
      [name, { name, ...(token === undefined ? {} : { token }), ...(tokenFile === undefined ? {} : { tokenFile: at(tokenFile) }) }],
    ]),
    contexts: new Map([[name, { name, cluster: name, user: name }]]),
    files: [],
  };
}
