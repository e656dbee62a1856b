import { TestDatabases } from '@backstage/backend-test-utils';
import type { ApplicationStatus, Verdict } from '@kubectl-dr/core/service/model';
import { migrationsDirectory } from '../database/migrate.ts';
import { VerdictStore } from './VerdictStore.ts';
import type { VerdictNews } from './VerdictWatch.ts';
import { VerdictWatch } from './VerdictWatch.ts';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const shop = 'group:default/team-shop';

function status(name: string, verdict: Verdict, owner: string): ApplicationStatus {
  const reasons = verdict === 'Breached' ? [{ code: 'RPO_BREACHED', severity: 'critical', message: `${name} is old` }] : [];
  return { application: { name, ...(owner !== '' && { owner }) }, verdict, reasons } as unknown as ApplicationStatus;
}

/** Two replicas over one database; a minute passes between two rounds. */
async function world() {
  const knex = await databases.init('SQLITE_3');
  await knex.migrate.latest({ directory: migrationsDirectory() });
  let now = Date.parse('2026-01-15T12:00:00Z');
  let fleet: ApplicationStatus[] = [];
  const told: string[] = [];
  const clock = { now: () => new Date(now), sleep: async () => undefined };
  const tell = ({ owner, standing, applications }: VerdictNews) =>
    void told.push(`${owner} ${standing} ${applications.map(({ name, message }) => (message ? `${name} (${message})` : name)).join(', ')}`);
  const replicas = [1, 2].map(() => new VerdictWatch({ store: new VerdictStore(knex, clock), clock, applications: () => fleet, tell }));
  /** What is said while it stands like this for so many minutes; both replicas judge each time. */
  const standing = async (verdict: Record<string, Verdict>, minutes = 1, owner = shop) => {
    told.length = 0;
    fleet = Object.entries(verdict).map(([name, one]) => status(name, one, owner));
    for (let minute = 0; minute < minutes; minute += 1) {
      await Promise.all(replicas.map((replica) => replica.judge()));
      now += 60_000;
    }
    return [...told];
  };
  const store = new VerdictStore(knex, clock);
  return { standing, store, later: (milliseconds: number) => (now += milliseconds) };
}

it('tells an owner of a breach once it lasts, and of its end, each once', async () => {
  const { standing } = await world();
  expect(await standing({ web: 'Protected' })).toEqual([]);
  expect(await standing({ web: 'Breached' }, 3)).toEqual([]);
  expect(await standing({ web: 'Breached' }, 30)).toEqual([`${shop} breached web (web is old)`]);
  expect(await standing({ web: 'AtRisk' }, 10)).toEqual([`${shop} met web`]);
  expect(await standing({ web: 'Unprotected' }, 10)).toEqual([`${shop} breached web`]);
});

it('is one message for many applications of an owner', async () => {
  const { standing } = await world();
  await standing({ a: 'Protected', b: 'Unproven', c: 'Protected' });
  expect(await standing({ a: 'Breached', b: 'Unprotected', c: 'Protected' }, 5)).toEqual([`${shop} breached a (a is old), b`]);
  expect(await standing({ a: 'Protected', b: 'Protected', c: 'Protected' })).toEqual([`${shop} met a, b`]);
});

it('says nothing of what was so before it looked: no flood at the first start, nor the end of a breach that nobody was told of', async () => {
  const { standing } = await world();
  expect(await standing({ web: 'Breached', wiki: 'Unprotected' }, 60)).toEqual([]);
  expect(await standing({ web: 'Protected', wiki: 'Protected' }, 5)).toEqual([]);
  expect(await standing({ web: 'Protected', wiki: 'Breached', born: 'Unprotected' }, 5)).toEqual([`${shop} breached wiki (wiki is old)`]);
});

it('says nothing of a breach that ends at once, nor of what cannot be judged', async () => {
  const { standing } = await world();
  await standing({ web: 'Protected' });
  expect(await standing({ web: 'Breached' }, 2)).toEqual([]);
  expect(await standing({ web: 'Protected' }, 5)).toEqual([]);
  expect(await standing({ web: 'Unknown' }, 30)).toEqual([]);
  expect(await standing({ web: 'Breached' }, 5)).toEqual([`${shop} breached web (web is old)`]);
  expect(await standing({ web: 'Unknown' }, 30)).toEqual([]);
  expect(await standing({}, 5)).toEqual([]);
  expect(await standing({ web: 'Breached' }, 30)).toEqual([]);
  expect(await standing({ web: 'Protected' })).toEqual([`${shop} met web`]);
});

it('tells nobody where there is no owner, and keeps nothing of applications that are long gone', async () => {
  const { standing, store, later } = await world();
  await standing({ web: 'Protected' }, 1, '');
  expect(await standing({ web: 'Breached' }, 10, '')).toEqual([]);
  later(31 * 86_400_000);
  await standing({ other: 'Protected' });
  expect([...(await store.all()).keys()]).toEqual(['other']);
});
