import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { numberAt } from '@kubectl-dr/core/application/raw';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ClusterName } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { nodes } from '@kubectl-dr/sandbox/simulators/hardware';
import type { Ran } from '../e2e/command-line.ts';
import { kubectlDr } from '../e2e/command-line.ts';
import { catalogOf, entityOf, labelsOf } from './shop.ts';
import type { OpenGround } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

const catalog = [...catalogOf('shop', undefined, ['component:ranking']), entityOf('shop', 'Component', 'ranking')];

const known = '--catalog catalog.yaml';
const labels = labelsOf('shop', 'ranking');
/** More than any node of the sandbox has. */
const gpus = 8;
/** What needs them, on `east` only. */
const ranking: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'ranking', namespace: 'shop', labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: { 'app.kubernetes.io/name': 'ranking' } },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'example/ranking:1', resources: { limits: { 'nvidia.com/gpu': String(gpus) } } }],
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
export function describeSplit(title: string, open: OpenGround): void {
  describe(`an application with a part that needs a GPU on ${title}`, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-split-'));
    let pair: SitePair;
    let original: string[];

    beforeAll(async () => {
      writeFileSync(path.join(folder, 'catalog.yaml'), catalog.map((entity) => JSON.stringify(entity)).join('\n---\n'));
      pair = await SitePair.open(open, { copied: 60_000 });
      await setGpu('east', true);
      await createAll(pair.clusters.east.client, [ranking]);
      await runs('east', ['orders-db', 'ranking', 'web']);
      original = await pods('east', 'ranking');
    }, 180_000);
    afterAll(async () => {
      await pair?.close();
      rmSync(folder, { recursive: true, force: true });
    }, 120_000);

    const dr = (words: string | string[]): Promise<Ran> =>
      pair.during(kubectlDr(words, { cwd: folder, clusters: pair.reached(), clock: pair.clock }));
    /** Until it is done: a copy the other way has to have arrived. */
    const done = async (line: string | string[]): Promise<Ran> => {
      let ran: Ran | undefined;
      await pair.until(
        async () => {
          ran = await dr(line);
          return ran.code === 0 || !/FAILBACK_WITHOUT_REVERSE|REPLICATION_EMPTY/.test(`${ran.err}${ran.out}`);
        },
        `${String(line)} goes`,
      );
      expect(ran!.code, `${ran!.err}${ran!.out}`).toBe(0);
      return ran!;
    };
    /** Whether there is a node besides with that many. */
    async function setGpu(site: ClusterName, there: boolean): Promise<void> {
      const { client } = pair.clusters[site];
      const [node] = nodes([{ name: `gpu-${site}`, zone: `${site}-1a`, gpus }]) as [KubeObject];
      const ref = { type: types.nodes, name: node.metadata.name };
      if (!there) return void (await ifThere(client.delete(ref)));
      await client.patch(ref, 'apply', node);
      await client.patchStatus(ref, node.status as Record<string, unknown>);
      // The admission of a real server taints a node that has not told that it is ready.
      await client.patch(ref, 'merge', { spec: { taints: null } });
    }
    async function pods(site: ClusterName, name: string): Promise<string[]> {
      const labelSelector = `app.kubernetes.io/name=${name}`;
      const { items } = await pair.clusters[site].client.list(types.pods, { namespace: 'shop', labelSelector });
      return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.uid!);
    }
    /** Which parts run there, by their ready replicas. */
    async function running(site: ClusterName): Promise<string[]> {
      return (await pair.workloads(site))
        .filter((item) => (numberAt(item, 'status', 'readyReplicas') ?? 0) > 0)
        .map(({ metadata }) => metadata.name)
        .toSorted();
    }
    const runs = (site: ClusterName, names: string[]): Promise<void> =>
      pair.until(async () => (await running(site)).join() === names.join(), `${names.join() || 'nothing'} runs on ${site}`, 60_000);
    const untouched = async (): Promise<void> => expect(await pods('east', 'ranking')).toEqual(original);

    it('is blocked as a whole, by the component that the other cluster cannot run, and offered without it', async () => {
      const whole = await dr(`plan relocate shop --to west ${known}`);
      expect(whole.code).toBe(6);
      expect(whole.out).toMatch(/ranking.*no node of west offers 8 nvidia\.com\/gpu/);
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
      await runs('east', ['orders-db', 'ranking', 'web']);
      await done(offered(refused));
      await runs('west', ['orders-db', 'web']);
      await runs('east', ['ranking']);
      await untouched();
      await setGpu('west', true);
      // The old copies beside it neither go along nor begin again.
      await done(`relocate shop --to west --yes ${known}`);
      await runs('west', ['orders-db', 'ranking', 'web']);
      await runs('east', []);
      await pair.write('west', '1,apples\n2,pears\n3,plums\n');
      await done(`failback shop --yes ${known}`);
      await runs('east', ['orders-db', 'ranking', 'web']);
      await runs('west', []);
      expect(await pair.read('east')).toBe('1,apples\n2,pears\n3,plums\n');
    }, 300_000);

    it('goes on without it when its cluster is lost, says that it does not run, and finds it as it was when that is back', async () => {
      await setGpu('west', false);
      await runs('east', ['orders-db', 'ranking', 'web']);
      const before = await pods('east', 'ranking');
      await pair.capture({ snapshotVolumes: false });
      pair.clusters.east.lose({ workloads: false });
      const failover = ['failover', 'shop', '--to', 'west', '--override', 'power of rack 3 is cut', '--yes', ...known.split(' ')];
      const refused = await dr(failover);
      expect(refused.code).toBe(6);
      const { out, err } = await done(offered(refused));
      expect(flat(err)).toContain('ranking stays on east, which does not answer: it counts as not running until east is back');
      expect(flat(err)).toContain('seen: accepted: power of rack 3 is cut');
      expect(flat(err)).toContain('depends on ranking, which is not running as long as east does not answer');
      await runs('west', ['orders-db', 'web']);
      await pair.write('west', '4,figs\n');
      pair.clusters.east.comeBack();
      const [, operation = ''] = /operation (\S+) Succeeded/.exec(`${out}${err}`) ?? [];
      await done(`confirm ${operation} --yes ${known}`);
      await runs('east', ['ranking']);
      await done(`failback shop --yes ${known}`);
      await runs('east', ['orders-db', 'ranking', 'web']);
      await runs('west', []);
      expect(await pair.read('east')).toBe('4,figs\n');
      expect(await pods('east', 'ranking')).toEqual(before);
    }, 300_000);
  });
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
