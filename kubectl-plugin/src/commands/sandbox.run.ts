import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { startSandbox } = await import('@kubectl-dr/sandbox');
  const port = typeof args.flags.port === 'number' ? args.flags.port : 16443;
  const directory = typeof args.flags.directory === 'string' ? args.flags.directory : '.sandbox';
  context.output.err('Starting the sandbox: clusters east and west\n');
  const sandbox = await startSandbox({ port, directory });
  context.output.out(`export KUBECONFIG=${sandbox.kubeconfigPath}\n`);
  context.output.err('Try: kubectl dr status; kubectl dr status shop; kubectl dr restore shop --as shop-copy\nCtrl-C ends it.\n');
  await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve(), { once: true }));
  await sandbox.close();
  return 0;
}
