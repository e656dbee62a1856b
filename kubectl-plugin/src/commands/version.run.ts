import type { WireVersion } from '@kubectl-dr/core/wire/command-line';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { version, versionLine } from '../version.ts';

export async function run(args: Arguments, { output }: Context): Promise<number> {
  const format = flagText(args, 'output');
  const client = { version: `v${version()}`, node: process.version, platform: `${process.platform}-${process.arch}` };
  if (format === undefined || format === 'wide') {
    output.out(`${versionLine()}${format === 'wide' ? `Node: ${client.node} ${client.platform}\n` : ''}`);
    return exit.done;
  }
  const { data } = await import('../output/data.ts');
  const { apiVersion } = await import('@kubectl-dr/core/wire/api-version');
  const value: WireVersion = { apiVersion, kind: 'Version', metadata: { name: 'kubectl-dr' }, client };
  output.out((await data(format, value))!);
  return exit.done;
}
