import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '@kubectl-dr/core/errors';
import type { Configuration } from './configuration.ts';
import { locate } from './configuration.ts';

/**
 * Key by key, nearest first: KUBECTL_DR_CONTEXTS, KUBECTL_DR_CATALOG (both separated by commas) and KUBECTL_DR_NAMESPACE; the
 * key `dr:` of ./app-config.yaml, other keys of which belong to the portal; $XDG_CONFIG_HOME/kubectl-dr/config.yaml.
 */
export async function readConfiguration(cwd: string, env: Record<string, string | undefined>): Promise<Configuration> {
  const home = env.XDG_CONFIG_HOME || (env.HOME ? path.join(env.HOME, '.config') : undefined);
  const [project, user] = await Promise.all([
    readConfigurationFile(path.join(cwd, 'app-config.yaml'), 'dr', env),
    home === undefined ? {} : readConfigurationFile(path.join(home, 'kubectl-dr', 'config.yaml'), undefined, env),
  ]);
  const contexts = listOf(env.KUBECTL_DR_CONTEXTS);
  const catalog = listOf(env.KUBECTL_DR_CATALOG)?.map((location) => locate(cwd, location));
  return {
    ...user,
    ...project,
    ...(contexts ? { contexts } : {}),
    ...(catalog ? { catalog } : {}),
    ...(env.KUBECTL_DR_NAMESPACE ? { namespace: env.KUBECTL_DR_NAMESPACE } : {}),
  };
}

function listOf(text: string | undefined): string[] | undefined {
  const items = text?.split(',').filter((item) => item !== '');
  return items && items.length > 0 ? items : undefined;
}

async function readConfigurationFile(
  file: string,
  key: string | undefined,
  env: Record<string, string | undefined>,
): Promise<Configuration> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new InputError(`the configuration ${file} cannot be read: ${(cause as Error).message}`, { code: 'BAD_CONFIG', cause });
  }
  const { parseConfiguration } = await import('./configuration-file.ts');
  return parseConfiguration(file, text, key, env);
}
