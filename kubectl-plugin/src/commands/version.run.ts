import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';

declare const KUBECTL_DR_VERSION: string | undefined;

/** The bundle carries its version; a clone reads it from package.json. */
function version(): string {
  if (typeof KUBECTL_DR_VERSION === 'string') return KUBECTL_DR_VERSION;
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

export async function run(args: Arguments, { output }: Context): Promise<number> {
  const format = flagText(args, 'output');
  const client = { version: `v${version()}`, node: process.version, platform: `${process.platform}-${process.arch}` };
  if (format === undefined || format === 'wide') {
    output.out(`Client Version: ${client.version}\n${format === 'wide' ? `Node: ${client.node} ${client.platform}\n` : ''}`);
    return exit.done;
  }
  const { data } = await import('../output/data.ts');
  const { apiVersion } = await import('@kubectl-dr/core/wire/api-version');
  const value = { apiVersion, kind: 'Version', metadata: { name: 'kubectl-dr' }, client };
  output.out((await data(format, value))!);
  return exit.done;
}
