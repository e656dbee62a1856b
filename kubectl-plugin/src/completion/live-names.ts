import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { timeoutOf } from '../request-timeout.ts';
import type { Context, Host } from '../context.ts';
import { createContext } from '../create-context.ts';
import { flagText, resolvePath } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import type { Kind } from '../kinds.ts';
import { kinds } from '../kinds.ts';
import { listing } from '../listing.ts';
import { clean } from '../output/terminal.ts';
import { pointsOf } from '../selection.ts';
import { since } from '../view.ts';
import type { Candidate } from './candidate.ts';
import type { Named } from './named.ts';

/** Nobody waits longer for a key, unless `--request-timeout` says so. Milliseconds. */
const patience = 1_000;
/** More than anybody reads. */
const most = 200;

/** Names for a completion; none where they cannot be had in time. Nobody is asked for a password, and nothing is said. */
export async function liveNames(
  what: Exclude<Named, 'files'>,
  args: Arguments,
  argv: readonly string[],
  given: Host,
): Promise<Candidate[]> {
  const signal = AbortSignal.any([given.signal, AbortSignal.timeout(timeoutOf(flagText(args, 'request-timeout')) ?? patience)]);
  const host: Host = { ...given, signal, silent: true, output: { ...given.output, err: () => undefined, out: () => undefined } };
  const context = createContext(args, argv, host);
  const late = new Promise<Candidate[]>((resolve) => signal.addEventListener('abort', () => resolve([]), { once: true }));
  const names = await Promise.race([namesOf(what, args, context).catch(() => []), late]);
  void context.close();
  const cleaned = names.map(({ word, summary }): [string, Candidate] => [
    clean(word),
    { word: clean(word), ...(summary ? { summary: clean(summary, 80) } : {}) },
  ]);
  return [...new Map(cleaned).values()].slice(0, most);
}

async function namesOf(what: Exclude<Named, 'files'>, args: Arguments, context: Context): Promise<Candidate[]> {
  const { signal } = context;
  const now = context.clock.now();
  if (flagText(args, 'portal') !== undefined && what in kinds) return portalNames(what as Kind, args, context);
  switch (what) {
    case 'apps':
    case 'components': {
      const app = what === 'components' ? args.positionals.APP : undefined;
      const { service } = await context.fleet();
      const { applications } = await service.fleet({ contents: false, ...(app === undefined ? {} : { applications: [app] }), signal });
      if (what === 'apps')
        return applications.map(({ application: { name, owner } }) => ({ word: name, ...(owner ? { summary: owner } : {}) }));
      return applications.flatMap(({ application: { components } }) => components.map(({ name }) => ({ word: name })));
    }
    case 'points': {
      const application = args.positionals.APP ?? flagText(args, 'application');
      const { service } = await context.fleet();
      const limited = application === undefined ? { applications: [], only: 'points' as const } : { applications: [application] };
      const fleet = await service.fleet({ contents: false, ...limited, signal });
      return pointsOf(fleet, { namespace: flagText(args, 'namespace'), application }).map(({ point }) => ({
        word: point.name,
        summary: `${since(point.capturedAt, now) ?? '<unknown>'} old, ${point.nativePhase || point.phase}`,
      }));
    }
    case 'operations': {
      const { items } = await listing('operations', args, context);
      return items.map(({ metadata, spec, status }) => ({
        word: metadata.name,
        summary: `${spec.intent} ${spec.application}, ${status.state}, ${since(status.requestedAt, now) ?? '<unknown>'} ago`,
      }));
    }
    case 'namespaces': {
      const { clusters } = await context.fleet();
      const lists = await Promise.all(clusters.map((cluster) => cluster.list(types.namespaces, { signal }).catch(() => ({ items: [] }))));
      return [...new Set(lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name)))].toSorted().map((word) => ({ word }));
    }
    case 'contexts':
    case 'kubeconfig clusters':
    case 'users': {
      const file = flagText(args, 'kubeconfig');
      const config = await loadKubeConfig({ env: context.env, ...(file === undefined ? {} : { file: resolvePath(context, file) }) });
      const names = { contexts: config.contexts, 'kubeconfig clusters': config.clusters, users: config.users }[what].keys();
      return [...names].toSorted().map((word) => ({ word }));
    }
    case 'reasons': {
      const { reasonCodes } = await import('@kubectl-dr/core/compliance/reason-codes');
      return Object.entries(reasonCodes).map(([word, { title }]) => ({ word, summary: title }));
    }
    default: {
      const { items } = await listing(what, args, context);
      return items.map(({ metadata }) => ({ word: metadata.name }));
    }
  }
}

/** Whoever asks a portal may have no clusters, or others. */
async function portalNames(kind: Kind, args: Arguments, context: Context): Promise<Candidate[]> {
  const [{ listed }, { portalSession }] = await Promise.all([import('../portal/looking.ts'), import('../portal/session.ts')]);
  const application = args.positionals.APP;
  const limited = application === undefined ? args : { ...args, flags: { ...args.flags, application } };
  const { items } = await listed(kind, limited, context, portalSession(limited, context));
  return items.map(({ metadata }) => ({ word: metadata.name }));
}
