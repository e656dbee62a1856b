import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ApplicationStatus, Verdict } from '@kubectl-dr/core/service/model';
import type { Standing, VerdictStore } from './VerdictStore.ts';

export interface VerdictNews {
  /** Reference of the owner. */
  owner: string;
  standing: Standing;
  /** Names of applications, with what is worst about each. */
  applications: { name: string; verdict: Verdict; message?: string }[];
}

export interface VerdictWatchOptions {
  store: VerdictStore;
  clock: Clock;
  /** The fleet as assessed last. Throws while there is none. */
  applications(): readonly ApplicationStatus[];
  /** One message per owner and round, however many applications it is about. */
  tell(news: VerdictNews): void;
}

/** A breach that ends by itself within this is no news: the next backup was a little late. Milliseconds. */
const settling = 3 * 60_000;

const standings: Partial<Record<Verdict, Standing>> = {
  Unprotected: 'breached',
  Breached: 'breached',
  AtRisk: 'met',
  Unproven: 'met',
  Protected: 'met',
};

/**
 * Tells owners when an application stops meeting its objective and when it meets it again: each once, whichever replica
 * judges. `Unknown` is no news of the application: it stays as it was. What is seen for the first time is written down
 * silently, so that a portal's first start tells nobody anything; who was not told of a breach is not told of its end.
 */
export class VerdictWatch {
  private readonly options: VerdictWatchOptions;

  constructor(options: VerdictWatchOptions) {
    this.options = options;
  }

  async judge(): Promise<void> {
    const { store, clock } = this.options;
    const applications = this.options.applications();
    const known = await store.all();
    const first = new Map<string, Standing>();
    const news = new Map<string, VerdictNews>();
    for (const status of applications) {
      const { name, owner } = status.application;
      const standing = standings[status.verdict];
      if (standing === undefined) continue;
      const before = known.get(name);
      if (!before) {
        first.set(name, standing);
        continue;
      }
      if (before.standing !== standing) {
        const wasTold = before.told === 'sent';
        const moved = await store.move(name, before, { standing, told: standing === 'breached' ? 'pending' : 'silent' });
        if (moved && standing === 'met' && wasTold) add(news, owner, standing, status);
        continue;
      }
      const settled = clock.now().getTime() - before.since.getTime() >= settling;
      if (standing === 'breached' && before.told === 'pending' && settled) {
        if (await store.move(name, before, { standing, told: 'sent' })) add(news, owner, standing, status);
      }
    }
    await store.add(first);
    const names = new Set(applications.map(({ application }) => application.name));
    await store.forget([...known.keys()].filter((name) => !names.has(name)));
    for (const one of news.values()) this.options.tell(one);
  }
}

function add(news: Map<string, VerdictNews>, owner: string | undefined, standing: Standing, status: ApplicationStatus): void {
  if (owner === undefined) return;
  const key = `${standing} ${owner}`;
  const entry = news.get(key) ?? { owner, standing, applications: [] };
  const message = status.reasons.find(({ severity }) => severity === 'critical')?.message;
  entry.applications.push({ name: status.application.name, verdict: status.verdict, ...(message !== undefined && { message }) });
  news.set(key, entry);
}
