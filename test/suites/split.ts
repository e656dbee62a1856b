import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { at } from '@kubectl-dr/core/application/raw';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import type { Ran } from '../e2e/command-line.ts';
import { kubectlDr } from '../e2e/command-line.ts';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { seenBy } from './seen-by.ts';
import { part, shopSystem } from './shop-parts.ts';

type Side = 'east' | 'west';

/** The shop (`web`, and `db` with its volume, in the namespace `shop`) on `east`; the database is copied to `west`, and backups are read there. */
export interface SplitSites {
  /** With every right. */
  clients: Record<Side, ClusterClient>;
  /** Whether there is a node with one GPU besides. */
  setGpu(side: Side, there: boolean): Promise<void>;
  /** The rows of the database. */
  write(side: Side, rows: string): Promise<void>;
  read(side: Side): Promise<string | undefined>;
  close(): Promise<void>;
}

const catalog = [
  shopSystem,
  part('Component', 'web', ['resource:db', 'component:ranking']),
  part('Resource', 'db'),
  part('Component', 'ranking'),
];

const known = '--catalog catalog.yaml';
const labels = { 'app.kubernetes.io/part-of': 'shop', 'app.kubernetes.io/component': 'ranking', app: 'ranking' };
/** Of which there is one on `east` only. */
const ranking: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'ranking', namespace: 'shop', labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'ranking' } },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'example/ranking:1', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
      },
    },
  },
};

/** The words of the command that a plan offers, as a shell takes them apart. */
function offered({ out, err }: Ran): string[] {
  const [, line = ''] = /^next: kubectl dr (.*?) {3}\(without ranking, which west cannot run/m.exec(`${out}\n${err}`) ?? [];
  expect(line, `${out}${err}`).not.toBe('');
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, whole, word]) => whole ?? word!);
}

/** An application of which one part needs a GPU, over two clusters of which one has some. */
export function describeSplit(title: string, open: () => Promise<SplitSites>): void {
  describe(`an application with a part that needs a GPU on ${title}`, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-split-'));
    const lost = new Set<string>();
    let sites: SplitSites;
    let original: string[];

    beforeAll(async () => {
      writeFileSync(path.join(folder, 'catalog.yaml'), catalog.map((entity) => JSON.stringify(entity)).join('\n---\n'));
      sites = await open();
      await sites.setGpu('east', true);
      await createAll(sites.clients.east, [ranking]);
      await runs('east', ['db', 'ranking', 'web']);
      original = await pods('east', 'ranking');
    }, 180_000);
    afterAll(async () => {
      await sites?.close();
      rmSync(folder, { recursive: true, force: true });
    }, 120_000);

    const dr = (words: string | string[]): Promise<Ran> => {
      const clusters = Object.values(sites.clients).map((client) =>
        seenBy(client, {
          before: () => {
            if (lost.has(client.name)) throw new ServiceUnavailableError(`${client.name} does not answer`, { cluster: client.name });
          },
        }),
      );
      return kubectlDr(words, { cwd: folder, clusters, clock: systemClock });
    };
    /** Until it is done: a copy the other way has to have arrived. */
    const done = async (line: string | string[]): Promise<Ran> => {
      let ran: Ran | undefined;
      await eventually(
        async () => {
          ran = await dr(line);
          return ran.code === 0 || !/FAILBACK_WITHOUT_REVERSE|REPLICATION_EMPTY/.test(`${ran.err}${ran.out}`);
        },
        `${String(line)} goes`,
        120_000,
      );
      expect(ran!.code, `${ran!.err}${ran!.out}`).toBe(0);
      return ran!;
    };
    async function pods(side: Side, app: string): Promise<string[]> {
      const { items } = await sites.clients[side].list(types.pods, { namespace: 'shop', labelSelector: `app=${app}` });
      return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.uid!);
    }
    /** Which parts run there, by their ready replicas. */
    async function running(side: Side): Promise<string[]> {
      const lists = await Promise.all(
        [types.deployments, types.statefulSets].map((type) => sites.clients[side].list(type, { namespace: 'shop' })),
      );
      return lists
        .flatMap(({ items }) => items)
        .filter((item) => Number(at(item, 'status', 'readyReplicas') ?? 0) > 0)
        .map(({ metadata }) => metadata.name)
        .toSorted();
    }
    const runs = (side: Side, names: string[]): Promise<void> =>
      eventually(async () => (await running(side)).join() === names.join(), `${names.join() || 'nothing'} runs on ${side}`, 60_000);
    const untouched = async (): Promise<void> => expect(await pods('east', 'ranking')).toEqual(original);

    it('is blocked as a whole, by the component that the other cluster cannot run, and offered without it', async () => {
      const whole = await dr(`plan relocate shop --to west ${known}`);
      expect(whole.code).toBe(6);
      expect(whole.out).toMatch(/ranking.*no node of west offers 1 nvidia\.com\/gpu/);
      expect(flat(whole.out)).toContain('or leave it where it is: --without ranking');
      const rest = await done(offered(whole));
      expect(flat(rest.out)).toContain('web goes to west and depends on ranking, which stays on east');
      const { spec } = JSON.parse((await dr(`plan relocate shop --to west -o json ${known}`)).out);
      expect(spec.partial).toEqual({ without: ['ranking'] });
      const nothing = await dr(`plan relocate shop --to west --component ranking ${known}`);
      expect(nothing.out).not.toContain('next: kubectl dr');
      await untouched();
    }, 180_000);

    it('moves by the offered command, follows where there is a GPU by now, and comes back as a whole with every row', async () => {
      const refused = await dr(`relocate shop --to west --yes ${known}`);
      expect(refused.code).toBe(6);
      await runs('east', ['db', 'ranking', 'web']);
      await done(offered(refused));
      await runs('west', ['db', 'web']);
      await runs('east', ['ranking']);
      await untouched();
      await sites.setGpu('west', true);
      // The old copies beside it neither go along nor begin again.
      await done(`relocate shop --to west --yes ${known}`);
      await runs('west', ['db', 'ranking', 'web']);
      await runs('east', []);
      await sites.write('west', '1,apples\n2,pears\n3,plums\n');
      await done(`failback shop --yes ${known}`);
      await runs('east', ['db', 'ranking', 'web']);
      await runs('west', []);
      expect(await sites.read('east')).toBe('1,apples\n2,pears\n3,plums\n');
    }, 300_000);

    it('goes on without it when its cluster is lost, says that it does not run, and finds it as it was when that is back', async () => {
      await sites.setGpu('west', false);
      await runs('east', ['db', 'ranking', 'web']);
      const before = await pods('east', 'ranking');
      const backup = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'shop-p1', namespace: 'velero' } };
      await createAll(sites.clients.east, [{ ...backup, spec: { includedNamespaces: ['shop'], snapshotVolumes: false } }]);
      const ref = { type: kinds.backups, namespace: 'velero', name: 'shop-p1' };
      await eventually(() => exists(sites.clients.west, ref), 'the point has arrived at west', 60_000);
      lost.add('east');
      const failover = ['failover', 'shop', '--to', 'west', '--override', 'power of rack 3 is cut', '--yes', ...known.split(' ')];
      const refused = await dr(failover);
      expect(refused.code).toBe(6);
      const { out, err } = await done(offered(refused));
      expect(flat(err)).toContain('ranking stays on east, which does not answer: it counts as not running until east is back');
      expect(flat(err)).toContain('seen: accepted: power of rack 3 is cut');
      expect(flat(err)).toContain('depends on ranking, which is not running as long as east does not answer');
      await runs('west', ['db', 'web']);
      await sites.write('west', '4,figs\n');
      lost.delete('east');
      const [, operation = ''] = /operation (\S+) Succeeded/.exec(`${out}${err}`) ?? [];
      await done(`confirm ${operation} --yes ${known}`);
      await runs('east', ['ranking']);
      await done(`failback shop --yes ${known}`);
      await runs('east', ['db', 'ranking', 'web']);
      await runs('west', []);
      expect(await sites.read('east')).toBe('4,figs\n');
      expect(await pods('east', 'ranking')).toEqual(before);
    }, 300_000);
  });
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
