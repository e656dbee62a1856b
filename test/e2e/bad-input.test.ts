import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { writes } from '@kubectl-dr/core/testing/memory-cluster';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { createApi } from '@kubectl-dr/sandbox/api/server';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { forbidden, hostile } from '../../kubectl-plugin/src/output/hostile.testing.ts';
import type { Ran } from './command-line.ts';
import { TestFleet } from './fleet.ts';

/** Bad input and dead dependencies: one clear sentence each, and nothing changed. */
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
});
afterAll(() => fleet.close());

const run = (line: string, clusters?: ClusterClient[]): Promise<Ran> => fleet.run(line, clusters ? { clusters } : {});

function dead(name: string): HttpCluster {
  const cluster = { name, server: 'https://127.0.0.1:1' };
  return new HttpCluster({ config: { name, context: name, cluster, user: { name: 'admin', token: 'x' } } });
}

/** A cluster in memory that serves Velero's types; `intruders` are seeded as they are. */
function velero(name: string, ...intruders: Parameters<MemoryCluster['seed']>[0][number][]): MemoryCluster {
  const cluster = new MemoryCluster({ name, clock: fleet.clock, types: Object.values(veleroKinds) });
  cluster.seed([builders.namespace('blog'), builders.deployment('blog/web'), builders.backupStorageLocation(), ...intruders]);
  return cluster;
}

/**
 * Whatever an operation would touch, with its versions. Requests to read a point are not among it, nor what a control plane
 * renews by itself.
 */
async function everything(): Promise<string[]> {
  const watched = [types.namespaces, types.configMaps, types.leases, types.deployments, veleroKinds.backups, veleroKinds.restores];
  const lists = await Promise.all(
    [fleet.east, fleet.west].flatMap(({ stage }) => watched.map(async (type) => (await stage.cluster.list(type)).items)),
  );
  const ours = lists.flat().filter(({ metadata }) => metadata.namespace !== 'kube-system');
  return ours.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`);
}

/** Runs it, and proves that nothing was changed on any cluster. */
async function unchanged(line: string, clusters?: ClusterClient[]): Promise<Ran> {
  const before = await everything();
  const ran = await run(line, clusters);
  expect(await everything()).toEqual(before);
  for (const cluster of clusters ?? []) {
    if (cluster instanceof MemoryCluster) expect(cluster.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
  }
  return ran;
}

describe('no cluster reachable', () => {
  const clusters = () => [dead('east'), dead('west')];

  it.each(['get points', 'get apps', 'status', 'status shop', 'describe app shop'])(
    '%s says so for each, and ends with 1',
    async (line) => {
      const { code, err } = await run(line, clusters());
      expect(code).toBe(1);
      expect(err).toContain(
        'error: east (https://127.0.0.1:1) refused the connection\nnext: is the API server running, and are host and port right?\n',
      );
      expect(err).toContain('error: west (https://127.0.0.1:1) refused the connection\n');
    },
  );

  it.each([
    'backup shop',
    'restore shop --as copy',
    'restore shop --mode inPlace --yes',
    'plan restore shop',
    'diff shop',
    'get operations',
    'wait op',
    'resume op',
    'cancel op',
    'undo op',
    'confirm op',
    'logs op',
    'logs op -f',
  ])('%s is one sentence and the next step', async (line) => {
    const { code, out, err } = await run(line, clusters());
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^error: (east|west) \(https:\/\/127\.0\.0\.1:1\) refused the connection\nnext: is the API server running, and are host and port right\?\n$/,
    );
  });
});

describe('one of two unreachable', () => {
  const clusters = () => [fleet.east.reach(), dead('west')];

  it('hides nothing of the other, and its rows say so', async () => {
    expect(await run('get points', clusters())).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "warning: west (https://127.0.0.1:1) refused the connection
      next: is the API server running, and are host and port right?
      ",
        "out": "CLUSTER   NAME   STATUS      AGE   EXPIRES   LOCATION
      east      p1     Completed   0s    in 30d    default
      ",
      }
    `);
    expect(await run('status', clusters())).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "warning: west (https://127.0.0.1:1) refused the connection
      next: is the API server running, and are host and port right?
      ",
        "out": "APPLICATION   VERDICT   DATA AGE   NEXT RUN   OWNER                     REASON
      shop          Unknown   0s of 1h   <none>     group:default/team-shop   recommender: The cluster west could not be read, so nobody can tell how safe recommender is: west (https://127.0.0.1:1) refused the connection

      1 application on 2 clusters: 1 Unknown

      Next:
        shop   is the API server running, and are host and port right?
        all about one: kubectl dr status shop
      ",
      }
    `);
    expect((await run('get clusters', clusters())).out).toMatchInlineSnapshot(`
      "NAME   REACHABLE   ENGINES       MESSAGE
      east   true        velero, csi   <none>
      west   false       <none>        west (https://127.0.0.1:1) refused the connection
      "
    `);
  });

  it('lists the operations of the other, and says that it is one cluster short', async () => {
    const { code, out, err } = await run('get operations', clusters());
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toBe(
      'warning: west (https://127.0.0.1:1) refused the connection\nnext: is the API server running, and are host and port right?\nNo operations found.\n',
    );
  });

  it('refuses what needs both, before anything is written', async () => {
    expect(await unchanged('backup shop', clusters())).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "error: west (https://127.0.0.1:1) refused the connection
      next: is the API server running, and are host and port right?
      ",
        "out": "",
      }
    `);
  });
});

it('wrong token', async () => {
  const api = createApi({ name: 'east', clock: fleet.clock, tokens: { right: { username: 'alice', groups: [] } } });
  const config = {
    name: 'east',
    context: 'east',
    cluster: { name: 'east', server: 'https://sandbox.invalid' },
    user: { name: 'alice', token: 'wrong' },
  };
  const stranger = new HttpCluster({ config, dispatcher: apiDispatcher(api) });
  const { version } = api.store;
  expect(await run('get points', [stranger])).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "error: east does not know you: your credential is missing, wrong or expired
    next: log in again, then check with: kubectl --context east auth whoami
    ",
      "out": "",
    }
  `);
  expect(await run('backup shop --component web', [stranger])).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "error: east does not know you: your credential is missing, wrong or expired
    next: log in again, then check with: kubectl --context east auth whoami
    ",
      "out": "",
    }
  `);
  expect(api.store.version).toBe(version);
  api.close();
});

it('no Velero installed', async () => {
  const bare = new MemoryCluster({ name: 'bare', clock: fleet.clock });
  bare.seed([builders.namespace('blog'), builders.deployment('blog/web')]);
  expect(await unchanged('get points', [bare])).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "No points found: no backup engine is installed on bare.
    ",
      "out": "",
    }
  `);
  expect(await unchanged('backup blog', [bare])).toMatchInlineSnapshot(`
    {
      "code": 6,
      "err": "blocker NO_ENGINE: no engine that can do this is installed on bare
      next: install Velero on the cluster
    ",
      "out": "",
    }
  `);
  expect((await unchanged('status blog', [bare])).out).toMatchInlineSnapshot(`
    "blog  Unprotected
    no next run, no owner

    \`- web  Unprotected  -  bare/blog
         critical NO_ENGINE: No backup engine is installed on bare, so nothing protects web
           next: Install Velero (or another supported engine) on bare.
         info NO_POLICY: No policy applies to web, so the age of its data is not judged
           next: Add the annotation kubectl-dr.dev/policy to web.
    "
  `);
});

it('unknown application, with the nearest name', async () => {
  for (const line of [
    'status shpo',
    'backup shpo',
    'restore shpo',
    'plan restore shpo',
    'restore shpo --mode inPlace',
    'diff shpo',
    'describe app shpo',
    'wait shpo --for=protected',
  ]) {
    expect(await unchanged(line), line).toEqual({
      code: 1,
      out: '',
      err: 'error: there is no application "shpo"\nnext: did you mean "shop"?\n',
    });
  }
  expect((await run('backup nothing-like-it')).err).toBe(
    'error: there is no application "nothing-like-it"\nnext: list them with: kubectl dr get apps\n',
  );
});

describe('catalogs', () => {
  afterEach(() => fleet.reset());

  it('malformed: file and line; what is well formed works', async () => {
    fleet.write(
      'catalog.yaml',
      'apiVersion: v1\nkind: System\nmetadata: { name: fine }\n---\nkind: [\n---\napiVersion: v1\nkind: Component\nmetadata: {}\n',
    );
    const { code, out, err } = await unchanged('get apps');
    expect(code).toBe(0);
    expect(out).toMatch(/^fine /m);
    expect(err.replaceAll(fleet.folder, '')).toMatchInlineSnapshot(`
      "warning: /catalog.yaml:6: Flow sequence in block collection must be sufficiently indented and end with a ]
      next: Correct the catalog file.
      warning: /catalog.yaml:7: is not a catalog entity: metadata.name is missing
      next: Correct the catalog file.
      "
    `);
  });

  it('malformed configuration: file and line', async () => {
    fleet.write('app-config.yaml', 'dr:\n  catalog:\n    - 17\n');
    const { code, err } = await unchanged('status');
    expect({ code, err: err.replaceAll(fleet.folder, '') }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "error: the configuration /app-config.yaml, line 3: dr.catalog.0: Invalid input: expected string, received number
      next: correct the file
      ",
      }
    `);
  });

  it('a cycle: printed, and the rest works', async () => {
    const component = (name: string, needs: string) => `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, annotations: { backstage.io/kubernetes-namespace: shop, backstage.io/kubernetes-cluster: east } }
spec: { system: shop, owner: team-shop, dependsOn: ['component:${needs}'] }
---`;
    fleet.write(
      'catalog.yaml',
      `${component('a', 'b')}${component('b', 'c')}${component('c', 'a')}
apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: shop }
spec: { owner: team-shop }
`,
    );
    expect((await unchanged('status')).out).toMatchInlineSnapshot(`
      "APPLICATION   VERDICT   DATA AGE   NEXT RUN   OWNER                     REASON
      shop          AtRisk    0s         <none>     group:default/team-shop   The dependencies of shop form a cycle: a -> b -> c -> a
      shop-ml       AtRisk    0s         <none>     group:default/team-shop   recommender: No schedule covers recommender (shop-ml on west)

      2 applications on 2 clusters: 2 AtRisk

      Next:
        shop      Remove one of the dependencies: a -> b -> c -> a.
        shop-ml   Assign a DRPolicy to recommender, or create a schedule for the namespace.
        all about one: kubectl dr status shop
      "
    `);
    expect((await unchanged('plan restore shop')).code).toBe(0);
  });
});

describe('odd backups', () => {
  it('no status, an unknown phase, the year 9999: shown, believed in nothing, never thrown', async () => {
    const odd = velero(
      'odd',
      {
        apiVersion: 'velero.io/v1',
        kind: 'Backup',
        metadata: { name: 'no-status', namespace: 'velero', creationTimestamp: '2026-01-15T10:00:00Z' },
      },
      builders.backup('sideways', { phase: 'Sideways', namespaces: ['blog'] }),
      builders.backup('far', { startedAt: '9999-12-31T23:00:00Z', namespaces: ['blog'], status: { expiration: '9999-12-31T23:59:59Z' } }),
    );
    expect(await unchanged('get points', [odd])).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "CLUSTER   NAME        STATUS      AGE         EXPIRES    LOCATION
      odd       far         Completed   <invalid>   in 7979y   default
      odd       sideways    Sideways    120m        in 29d     default
      odd       no-status   Pending     <none>      <none>     <none>
      ",
      }
    `);
    expect((await unchanged('describe point far', [odd])).out).toMatchInlineSnapshot(`
      "Name:      far
      Id:        odd/velero/velero/far
      Engine:    velero
      Status:    Completed (Succeeded)
      Captured:  9999-12-31T23:00:00Z, <invalid> old
      Expires:   9999-12-31T23:59:59Z, in 7979y
      Items:     12
      Covers:    namespaces blog
      Location:  default

      Brings back:
        blog/web: no
          warning BAD_OBJECT: far claims to be from the future: 9999-12-31T23:00:00Z
            seen: point: odd/velero/velero/far
            seen: phase: Completed

      Next:
        kubectl dr plan restore blog --to far
      "
    `);
    expect((await unchanged('status blog', [odd])).out).toMatchInlineSnapshot(`
      "blog  Unprotected
      no next run, no owner

      \`- web  Unprotected  -  odd/blog
           critical NO_USABLE_POINT: None of 3 points brings web back: far claims to be from the future: 9999-12-31T23:00:00Z
             next: kubectl dr backup blog --component web
           warning NO_SCHEDULE: No schedule covers web (blog on odd)
             next: Assign a DRPolicy to web, or create a schedule for the namespace.
           info NO_POLICY: No policy applies to web, so the age of its data is not judged
             next: Add the annotation kubectl-dr.dev/policy to web.
      "
    `);
  });

  it('10,000 of them', async () => {
    const start = Date.parse('2026-01-15T11:00:00Z');
    const at = (index: number): string => new Date(start - index * 60_000).toISOString().replace('.000Z', 'Z');
    const backups = Array.from({ length: 10_000 }, (_, index) =>
      builders.backup(`b-${index}`, { startedAt: at(index), namespaces: ['blog'] }),
    );
    const many = velero('many', ...backups);
    const points = await unchanged('get points', [many]);
    expect(points.out.split('\n').length).toBe(10_002);
    expect((await unchanged('status', [many])).out).toContain('blog');
  });

  it('a name with control characters cannot reach the terminal', async () => {
    const name = '\u001b[2Jwiped\u001b]0;title\u0007 \u202egnp.exe\r\nfake-row   Completed';
    const nasty = velero('nasty', builders.backup(name, { namespaces: ['blog'] }));
    const { out } = await unchanged('get points', [nasty]);
    expect(out).toMatchInlineSnapshot(`
      "CLUSTER   NAME                                  STATUS      AGE    EXPIRES   LOCATION
      nasty     wiped gnp.exe  fake-row   Completed   Completed   120m   in 29d    default
      "
    `);
    for (const line of [
      'get points',
      'get points -o wide',
      'get points -o name',
      'get points -o json',
      'get points -o yaml',
      'status',
      'status blog',
      'describe app blog',
    ]) {
      const ran = await unchanged(line, [nasty]);
      // oxlint-disable-next-line no-control-regex -- exactly these must be gone
      expect(ran.out + ran.err, line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
    const { items } = JSON.parse((await run('get points -o json', [nasty])).out) as { items: { metadata: { name: string } }[] };
    expect(items[0]!.metadata.name).toBe(name);
  });
});

/** Whatever can be written on a cluster by somebody else: names, labels, annotations, and what programs report. */
describe.each(hostile)('%s', (_, text) => {
  const looks = [
    'status',
    'status blog',
    ...['apps', 'components', 'points', 'schedules', 'locations', 'restores', 'operations', 'clusters'].map((kind) => `get ${kind}`),
    'get points -o wide',
    'get points -o name',
    'get locations -o wide',
    'get apps -o custom-columns=N:.metadata.name,W:.status.reasons',
    'describe app blog',
    'describe point POINT',
    'doctor',
    'doctor blog',
    'plan restore blog',
    'diff blog',
    'report',
    'restore POINT',
    'explain POINT',
  ];

  it('cannot move what stands beside it, in whatever a command prints', async () => {
    const labels = { 'app.kubernetes.io/part-of': 'blog', 'app.kubernetes.io/component': text, note: text };
    const annotations = { 'kubectl-dr.dev/owner': text, 'kubectl-dr.dev/depends-on': text, 'backup.velero.io/backup-volumes': text };
    const nasty = velero(
      'nasty',
      builders.backup(
        text,
        { namespaces: ['blog'], status: { failureReason: text, validationErrors: [text] } },
        { metadata: { labels, annotations } },
      ),
      builders.backup('plain', { namespaces: ['blog'], phase: text, location: text }),
      builders.backupSchedule(text, text, ['blog'], { status: { phase: 'FailedValidation', validationErrors: [text] } }),
      builders.backupStorageLocation(text, 'Unavailable', { status: { phase: 'Unavailable', message: text } }),
      builders.deployment(`blog/${text}`, {}, { metadata: { labels, annotations } }),
      builders.configMap('blog/notes', { [text]: text }, { metadata: { labels, annotations } }),
    );
    for (const look of looks) {
      const line = look.split(' ').map((word) => (word === 'POINT' ? text : word));
      for (const columns of [undefined, 80]) {
        const { out, err } = await fleet.run(line, { clusters: [nasty], ...(columns && { columns }) });
        // oxlint-disable-next-line no-control-regex -- colours are ours
        const told = `${out}${err}`.replace(/\u001b\[\d*m/g, '');
        expect(told, look).not.toMatch(forbidden);
        expect(told.length, look).toBeGreaterThan(0);
        if (look !== 'report') expect(Math.max(...told.split('\n').map((each) => each.length)), look).toBeLessThan(3_000);
      }
    }
    for (const look of ['status', 'get points', 'get locations', 'get schedules', 'doctor']) {
      const { out } = await fleet.run(`${look} -o json`, { clusters: [nasty] });
      expect(out, look).not.toMatch(forbidden);
      JSON.parse(out);
    }
    expect(JSON.parse((await fleet.run('get points -o json', { clusters: [nasty] })).out)).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ metadata: expect.objectContaining({ name: text }) as unknown })]) as unknown,
    });
  });
});
