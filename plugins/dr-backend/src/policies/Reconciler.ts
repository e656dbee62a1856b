import type { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import { asDrError } from '@kubectl-dr/core/errors';
import type { DrError } from '@kubectl-dr/core/errors';
import { nameFor } from '@kubectl-dr/core/planning/assemble';
import type { PolicyChange } from '@kubectl-dr/core/policy/rendering/model';
import type { Catalog } from '@kubectl-dr/core/ports/catalog';
import type { DrService } from '@kubectl-dr/core/service/port';
import type { Fleet } from '@kubectl-dr/core/service/model';
import type { WatchState } from '@kubectl-dr/kubernetes';
import type { CorrectionStore } from './CorrectionStore.ts';
import { objectName } from './CorrectionStore.ts';

export interface ReconcilerOptions {
  service: Pick<DrService, 'policies' | 'applyPolicies'>;
  catalog: Pick<Catalog, 'read'>;
  /** The policies that exist. */
  policies(): Fleet['policies'];
  /** Of the watches: only a cluster whose state is fresh is written to. */
  states(): readonly Pick<WatchState, 'cluster' | 'state'>[];
  store: Pick<CorrectionStore, 'record'>;
  auditor: AuditorService;
  logger: LoggerService;
  /** `dr.policies.prune`. */
  prune: boolean;
}

export interface Reconciled {
  written: number;
  failed: number;
  /** Clusters that were left alone, because what is there is not known for certain. */
  skipped: string[];
}

const caller = { name: 'portal' };
/** Tries of one object of which somebody else writes another version at the same moment. */
const tries = 3;

/**
 * One round: what policies ask for and is not there, is written. Only what a policy made is ever changed, only in places
 * that agreed (core leaves out all others), and a cluster that fails stops no other.
 */
export class Reconciler {
  private readonly options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.options = options;
  }

  async run(signal: AbortSignal): Promise<Reconciled> {
    const { service, catalog, states, logger } = this.options;
    const { problems } = await catalog.read(signal);
    if (problems.length > 0) {
      logger.warn(`Policies are not applied, because it is not certain what they say: ${problems[0]!.message}`);
      return { written: 0, failed: 0, skipped: states().map(({ cluster }) => cluster) };
    }
    const fresh = new Set(states().flatMap(({ cluster, state }) => (state === 'fresh' ? [cluster] : [])));
    const { changes } = await service.policies(caller, { signal });
    const wanted = changes.filter((change) => fresh.has(change.cluster) && this.isWanted(change));
    const rounds = await Promise.all(
      [...fresh].map((name) =>
        this.correct(
          wanted.filter(({ cluster }) => cluster === name),
          signal,
        ),
      ),
    );
    return {
      written: rounds.reduce((sum, { written }) => sum + written, 0),
      failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
      skipped: states().flatMap(({ cluster }) => (fresh.has(cluster) ? [] : [cluster])),
    };
  }

  /** A policy that is gone may only be missing for a moment: what it made is removed by a person. */
  private isWanted({ action, policy }: PolicyChange): boolean {
    if (action !== 'remove') return action === 'create' || action === 'change';
    return this.options.prune && this.options.policies().some(({ name }) => name === policy || nameFor(name) === policy);
  }

  /** Of one cluster, one after the other; with the first that gets no answer it is over. */
  private async correct(changes: readonly PolicyChange[], signal: AbortSignal): Promise<{ written: number; failed: number }> {
    const { store, auditor, logger } = this.options;
    let written = 0;
    let failed = 0;
    for (const change of changes) {
      if (signal.aborted) break;
      const { application, policy, cluster, action } = change;
      const object = objectName(change);
      const event = await auditor.createEvent({
        eventId: 'policy-apply',
        severityLevel: 'medium',
        meta: { application, policy, cluster, object, action, actor: caller.name },
      });
      const error = await this.write(change, signal);
      await store.record(change, error?.message);
      if (!error) {
        written += 1;
        await event.success();
        logger.info(`${object} on ${cluster} is as ${policy} says again (${action})`);
        continue;
      }
      failed += 1;
      await event.fail({ error, meta: { code: error.code } });
      logger.warn(`${object} on ${cluster} could not be made as ${policy} says: ${error.message}`);
      if (error.name === 'ServiceUnavailableError') break;
    }
    return { written, failed };
  }

  private async write(change: PolicyChange, signal: AbortSignal): Promise<DrError | undefined> {
    for (let left = tries; ; left -= 1) {
      try {
        await this.options.service.applyPolicies([change], caller, { prune: this.options.prune, signal });
        return undefined;
      } catch (thrown) {
        const error = asDrError(thrown);
        // The object is read again by the next try, and is not ours any more if the labels are gone.
        if (error.code !== 'CONFLICT' || left <= 1) return error;
      }
    }
  }
}
