import path from 'node:path';
import { ConflictError, InputError, NotFoundError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { type Context } from '../context.ts';
import { flagText, resolvePath } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { UsageError } from '../exit-codes.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { ACTION: action, CLUSTER: cluster } = args.positionals;
  const directory = flagText(args, 'directory') ?? '.sandbox';
  if (action === undefined) return start(args, directory, context);
  if (cluster === undefined) throw new UsageError(`which cluster is not said: kubectl dr sandbox ${action} east`, 'sandbox');
  return befall(action, cluster, directory, context);
}

async function start(args: Arguments, directory: string, context: Context): Promise<number> {
  const { startSandbox } = await import('@kubectl-dr/sandbox');
  const port = typeof args.flags.port === 'number' ? args.flags.port : 16443;
  context.output.err('Starting the sandbox: clusters east and west\n');
  const [standby, steered] = [args.flags.standby === true, args.flags.steered === true];
  const sandbox = await startSandbox({ port, directory: resolvePath(context, directory), standby, steered });
  context.output.out(`export KUBECONFIG=${sandbox.kubeconfigPath}\n`);
  context.output.err('Try: kubectl dr status; kubectl dr status shop; kubectl dr restore shop --as shop-copy\nCtrl-C ends it.\n');
  await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve(), { once: true }));
  await sandbox.close();
  return 0;
}

/** How long the sandbox may take to do it, milliseconds. */
const patience = 10_000;

/** Something happens to a whole cluster of a sandbox that runs, told at the other one: the lost one hears nothing. */
async function befall(action: string, name: string, directory: string, context: Context): Promise<number> {
  const { switchOf, workloadsKey } = await import('@kubectl-dr/sandbox');
  const kubeconfig = path.join(resolvePath(context, directory), 'kubeconfig');
  const [lost, other] = await Promise.all([clientOf(kubeconfig, name), clientOf(kubeconfig, name === 'east' ? 'west' : 'east')]);
  const ref = { type: types.configMaps, namespace: 'default', name: switchOf(name) };
  try {
    await other.delete(ref).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
    if (action !== 'bring-back')
      await other.create(types.configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: ref.name, namespace: ref.namespace },
        data: { [workloadsKey]: action === 'lose' ? 'stop' : 'go-on' },
      });
    const deadline = context.clock.now().getTime() + patience;
    while ((await answers(lost)) !== (action === 'bring-back')) {
      if (context.clock.now().getTime() > deadline) throw new ConflictError(`the sandbox did nothing about ${name}`);
      await context.clock.sleep(100, context.signal);
    }
  } finally {
    await Promise.all([lost.close(), other.close()]);
  }
  context.output.out(`${told(action, name)}\n`);
  return 0;
}

function told(action: string, name: string): string {
  if (action === 'bring-back') return `${name} answers again, and what ran there starts`;
  const what =
    action === 'lose'
      ? `${name} is lost: nobody reaches it, and nothing runs there`
      : `${name} is cut off: nobody reaches it, and what runs there goes on`;
  return `${what}. Bring it back: kubectl dr sandbox bring-back ${name}`;
}

async function clientOf(kubeconfig: string, name: string): Promise<ClusterClient & { close(): Promise<void> }> {
  const [{ HttpCluster }, { resolveContext }, { loadKubeConfig }] = await Promise.all([
    import('@kubectl-dr/kubernetes/http-cluster'),
    import('@kubectl-dr/kubernetes/kubeconfig/context'),
    import('@kubectl-dr/kubernetes/kubeconfig/load'),
  ]);
  const config = await loadKubeConfig({ file: kubeconfig, env: {} }).catch((cause: unknown) => {
    throw new InputError(`no sandbox was started here: ${kubeconfig} cannot be read`, {
      hint: 'start one in another terminal: kubectl dr sandbox; or name its folder: --directory DIR',
      cause,
    });
  });
  return new HttpCluster({ config: resolveContext(config, { context: name }), name, requestTimeout: 5_000 });
}

async function answers(cluster: ClusterClient): Promise<boolean> {
  return cluster.now().then(
    () => true,
    () => false,
  );
}
