import { InputError } from '../errors.ts';
import type { Plan, Step } from '../planning/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import { types } from '../ports/kubernetes.ts';
import { absent } from './actions/context.ts';
import { refOf } from './actions/workloads.ts';

export interface Trial {
  clusters: readonly ClusterClient[];
  engines: readonly Engine[];
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Asks the servers whether they would take what a plan writes: admission, quotas and rights are theirs to know. Nothing is
 * stored. Steps that only wait are none; one that writes to what an earlier step makes cannot be asked for, and is `left`.
 * Throws the first refusal.
 */
export async function tryAtServers({ waves }: Plan, trial: Trial): Promise<{ asked: number; left: number }> {
  let asked = 0;
  let left = 0;
  for (const step of waves.flat()) {
    if (/^(await|check)\./.test(step.action.kind)) continue;
    const client = trial.clusters.find(({ name }) => name === step.cluster);
    if (!client) throw new InputError(`the cluster ${step.cluster} of the plan is not configured`, { code: 'UNKNOWN_CLUSTER' });
    if (await asksFor(step, dry(client), trial)) asked += 1;
    else left += 1;
  }
  return { asked, left };
}

async function asksFor({ id, action }: Step, cluster: ClusterClient, { engines, clock, signal }: Trial): Promise<boolean> {
  const name = `dry-run-${id}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 60);
  const at = (engine: string, namespace: string) => ({
    engine: engines.find((one) => one.id === engine)!,
    context: { cluster, clock, namespace, signal },
  });
  switch (action.kind) {
    case 'namespace.create': {
      const metadata = { name: action.namespace, labels: action.labels, annotations: action.annotations };
      await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata }, { signal });
      return true;
    }
    case 'engine.backup': {
      const { engine, context } = at(action.engine, action.engineNamespace);
      await engine.startBackup(context, action.request);
      return true;
    }
    case 'engine.restore': {
      const { engine, context } = at(action.engine, action.engineNamespace);
      // Into a namespace that is not there yet nothing can be tried.
      return (await engine.startRestore(context, { ...action.request, name }).then(() => true, absent)) ?? false;
    }
    case 'workload.scale': {
      const patched = cluster.patch(refOf(action.target), 'merge', { spec: { replicas: action.replicas } }, { signal });
      return (await patched.then(() => true, absent)) ?? false;
    }
    default:
      return false;
  }
}

/** Reads as it is; what is written is only looked at by the server. */
function dry(cluster: ClusterClient): ClusterClient {
  return new Proxy(cluster, {
    get(target, key) {
      switch (key) {
        case 'create':
        case 'replace': {
          const write: ClusterClient['create'] = (type, object, options) => target[key](type, object, { ...options, dryRun: true });
          return write;
        }
        case 'patch': {
          const patch: ClusterClient['patch'] = (ref, type, body, options) => target.patch(ref, type, body, { ...options, dryRun: true });
          return patch;
        }
        case 'delete': {
          const remove: ClusterClient['delete'] = (ref, options) => target.delete(ref, { ...options, dryRun: true });
          return remove;
        }
        default: {
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        }
      }
    },
  });
}
