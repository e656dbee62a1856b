import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '@kubectl-dr/core/errors';
import type { KubeConfigFile } from './model.ts';
import { parseKubeConfig } from './parse.ts';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The kubeconfig as kubectl finds it: --kubeconfig (must exist), else the files of KUBECONFIG (missing ones are skipped,
 * duplicates read once), else ~/.kube/config, else the pod's own service account. Per name the first file wins.
 */
export async function loadKubeConfig(options: { file?: string; env: Record<string, string | undefined> }): Promise<KubeConfigFile> {
  if (options.file !== undefined) {
    if (!existsSync(options.file))
      throw new InputError(`the kubeconfig ${options.file} does not exist`, {
        code: 'BAD_CONFIG',
        hint: 'name one that does with --kubeconfig or KUBECONFIG',
      });
    return parseKubeConfig(path.resolve(options.file), readFileSync(options.file, 'utf8'));
  }
  const { KUBECONFIG, HOME, USERPROFILE, KUBERNETES_SERVICE_HOST } = options.env;
  const home = HOME ?? USERPROFILE;
  const named = KUBECONFIG ? KUBECONFIG.split(path.delimiter).filter(Boolean) : home ? [path.join(home, '.kube', 'config')] : [];
  const files = [...new Set(named)].filter((file) => existsSync(file));
  if (files.length === 0 && KUBERNETES_SERVICE_HOST && existsSync(`${serviceAccount}/token`)) return inCluster(options.env);
  const merged: KubeConfigFile = { clusters: new Map(), users: new Map(), contexts: new Map(), files: [] };
  for (const file of files) {
    const part = await parseKubeConfig(path.resolve(file), readFileSync(file, 'utf8'));
    for (const kind of ['clusters', 'users', 'contexts'] as const) {
      const into = merged[kind] as Map<string, unknown>;
      for (const [name, entry] of part[kind]) if (!into.has(name)) into.set(name, entry);
    }
    merged.currentContext ??= part.currentContext;
    merged.files.push(...part.files);
  }
  return merged;
}

/** The pod's own service account, as a kubeconfig. InputError outside a cluster. */
export function inCluster(env: Record<string, string | undefined>): KubeConfigFile {
  const host = env.KUBERNETES_SERVICE_HOST;
  if (!host) throw new InputError('this process does not run in a cluster', { code: 'BAD_CONFIG', hint: 'name a kubeconfig or a url' });
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT ?? '443'}`;
  const name = 'in-cluster';
  return {
    clusters: new Map([[name, { name, server, caFile: `${serviceAccount}/ca.crt` }]]),
    users: new Map([[name, { name, tokenFile: `${serviceAccount}/token` }]]),
    contexts: new Map([[name, { name, cluster: name, user: name }]]),
    currentContext: name,
    files: [],
  };
}
