#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { asDrError, InputError } from '@kubectl-dr/core/errors';
import { faultHelp } from '../simulators/faults/flags.ts';
import { startSandbox } from '../index.ts';

const help = `Two small Kubernetes clusters, east and west, with applications and 30 days of recovery points to look at.

  --port PORT        to listen on, 0: any free one (default 16443)
  --directory DIR    where the kubeconfig is written (default .sandbox)
  --empty            no applications, no points
  --steered          two more applications, which Ramen and Stork move between the clusters
  --fault FAULT      something that goes wrong; may be repeated:
                       ${faultHelp.join('\n                       ')}
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '16443' },
      directory: { type: 'string', default: '.sandbox' },
      empty: { type: 'boolean', default: false },
      steered: { type: 'boolean', default: false },
      fault: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const leaving = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InputError(`"${values.port}" is not a port`, { hint: 'choose one with --port PORT' });
  }
  const { directory, steered, fault: faults } = values;
  const sandbox = await startSandbox({ port, directory, steered, story: !values.empty, faults });
  process.stdout.write(`export KUBECONFIG=${sandbox.kubeconfigPath}\n`);
  await leaving;
  await sandbox.close();
}

try {
  await main();
} catch (thrown) {
  const { message, hint } = asDrError(thrown);
  process.stderr.write(`error: ${message}${hint === undefined ? '' : `\n${hint}`}\n`);
  process.exitCode = 1;
}
