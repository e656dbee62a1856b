import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigReader } from '@backstage/config';
import { configuredClusters } from './clusters.ts';
import { readSettings } from './settings.ts';

const kubeconfig = `
apiVersion: v1
kind: Config
current-context: east
clusters: [{ name: c, cluster: { server: 'https://east.example.com:6443' } }]
users: [{ name: u, user: { token: t } }]
contexts:
  - { name: east, context: { cluster: c, user: u } }
  - { name: other, context: { cluster: c, user: u } }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dr-config-'));
  writeFileSync(path.join(folder, 'config'), kubeconfig);
  mkdirSync(path.join(folder, 'packages/backend'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clusters = (list: object[], env: Record<string, string> = {}) =>
  configuredClusters(new ConfigReader({ dr: { clusters: list } } as never), { env, cwd: path.join(folder, 'packages/backend') });

describe('dr.clusters', () => {
  it('none is no error', async () => {
    expect(await configuredClusters(new ConfigReader({}), { env: {}, cwd: folder })).toEqual([]);
  });

  it('finds a kubeconfig in the folders above, and takes the context of the name', async () => {
    const found = await clusters([
      { name: 'east', kubeconfig: 'config' },
      { name: 'west', kubeconfig: path.join(folder, 'config'), context: 'other' },
      { name: 'far', url: 'https://far.example.com', token: 't' },
    ]);
    expect(found.map(({ name }) => name)).toEqual(['east', 'west', 'far']);
  });

  it('a name without context takes the current one', async () => {
    expect((await clusters([{ name: 'prod' }], { KUBECONFIG: path.join(folder, 'config') })).map(({ name }) => name)).toEqual(['prod']);
  });

  it.each([
    [
      'two of one name',
      [
        { name: 'a', url: 'https://a' },
        { name: 'a', url: 'https://b' },
      ],
      'dr.clusters[1].name repeats "a"',
    ],
    ['no address', [{ name: 'a', url: 'west' }], 'dr.clusters[0].url is not an http(s) address: "west"'],
    [
      'two ways at once',
      [{ name: 'a', url: 'https://a', kubeconfig: 'config' }],
      'dr.clusters[0] has more than one of url, kubeconfig and inCluster',
    ],
    ['a file that is not there', [{ name: 'a', kubeconfig: 'nothing' }], 'dr.clusters[0].kubeconfig: there is no nothing in'],
    [
      'a context that is not there',
      [{ name: 'a', kubeconfig: 'config', context: 'esat' }],
      'dr.clusters[0] (a): the context "esat" does not exist',
    ],
    ['no name', [{ url: 'https://a' }], 'dr.clusters[0].name'],
    [
      'not inside a cluster',
      [{ name: 'a', inCluster: true }],
      'dr.clusters[0].inCluster is set, but this process does not run in a cluster',
    ],
  ])('%s is refused by the path of its key', async (_, list, message) => {
    await expect(clusters(list)).rejects.toThrow(message);
  });

  it('takes the address of the cluster around it from the environment', async () => {
    const [own] = await clusters([{ name: 'home', inCluster: true }], {
      KUBERNETES_SERVICE_HOST: 'fd00::1',
      KUBERNETES_SERVICE_PORT: '443',
    });
    expect(own!.name).toBe('home');
  });
});

describe('the other keys of dr', () => {
  const settings = (dr: object) => readSettings(new ConfigReader({ dr } as never));

  it('have safe defaults', () => {
    expect(readSettings(new ConfigReader({}))).toEqual({
      namespace: 'kubectl-dr',
      tenancy: [],
      requireOwnership: true,
      operationsPerHour: 30,
      operators: new Set(),
      policies: { mode: 'report', prune: false },
      drills: { scheduled: false },
      notifications: { verdicts: true, operations: true },
    });
  });

  it('refuse a mode that does not exist', () => {
    expect(settings({ policies: { mode: 'apply', prune: true } }).policies).toEqual({ mode: 'apply', prune: true });
    expect(() => settings({ policies: { mode: 'on' } })).toThrow('dr.policies.mode is none of off, report, apply: "on"');
  });

  it('read how long evidence is kept, and refuse what is no duration', () => {
    expect(settings({ drills: { keepFor: '400d' } }).drills).toEqual({ scheduled: false, keepFor: 400 * 86_400_000 });
    expect(() => settings({ drills: { keepFor: 'long' } })).toThrow('dr.drills.keepFor: "long" is not a duration');
  });

  it('read references in every form', () => {
    const read = settings({
      tenancy: [{ namespace: 'shop', owner: 'Team-Shop' }],
      authorization: { operators: ['group:default/Platform', 'user:default/olivia'] },
    });
    expect(read.tenancy).toEqual([{ namespace: 'shop', owner: 'group:default/team-shop' }]);
    expect([...read.operators]).toEqual(['group:default/platform', 'user:default/olivia']);
  });

  it.each([
    [{ authorization: { operators: ['a/b/c'] } }, 'dr.authorization.operators[0] is not an entity reference'],
    [{ tenancy: [{ namespace: 'shop', owner: ':' }] }, 'dr.tenancy[0].owner is not an entity reference'],
    [{ tenancy: [{ owner: 'a' }] }, 'dr.tenancy[0].namespace'],
    [{ authorization: { requireOwnership: 'perhaps' } }, 'dr.authorization.requireOwnership'],
  ])('%j is refused by the path of its key', (dr, message) => {
    expect(() => settings(dr)).toThrow(message);
  });
});
