import path from 'node:path';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import { configMap, configMapRef, eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { builtIn } from '@kubectl-dr/sandbox/api/builtin';
import type { RawAnswer, RawClient } from '../targets/raw.ts';
import { rawClient } from '../targets/raw.ts';
import { forget, missingClusters, realCluster } from '../targets/real.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { removeNamespace, stages } from '../targets/stage.ts';
import { KnownDifferences } from '../known-differences.ts';

const missing = missingClusters();
const namespace = 'protocol';
const root = `/api/v1/namespaces/${namespace}/configmaps`;
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

interface Versions {
  /** Of the list before, between and after the writes. */
  first: string;
  middle: string;
  last: string;
}

/** What differs from server to server and says nothing. Versions are told apart by what they are versions of. */
function mask(value: unknown, versions: Versions): unknown {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map((item) => mask(item, versions));
  if (typeof value !== 'object' || value === null) return value;
  // Nobody applies here, and what columns and the bundle say of themselves is long.
  const entries = Object.entries(value).filter(([key]) => !['managedFields', 'description', 'kubernetes.io/description'].includes(key));
  return Object.fromEntries(entries.map(([key, field]) => [key, maskField(key, field, versions)]));
}

function maskText(text: string): string {
  if (/^\d+[smh]$/.test(text)) return '<age>';
  // The sandbox answers in no protobuf, and says so truly where it says what it speaks.
  return text
    .replaceAll(/\b\d{4,}\b|(?<=current: |resource version: |\()\d+/g, '<number>')
    .replaceAll(/, application\/vnd\.kubernetes\.protobuf(;stream=watch)?/g, '');
}

function maskField(key: string, field: unknown, versions: Versions): unknown {
  if (key === 'ca.crt' || (['uid', 'creationTimestamp', 'continue'].includes(key) && field)) return `<${key}>`;
  if (key !== 'resourceVersion') return mask(field, versions);
  // A real server has others who write, leases for one: the version of a list is that of the last write or any after it.
  if (/^\d+$/.test(String(field)) && BigInt(String(field)) >= BigInt(versions.last)) return '<last>';
  const [name] = Object.entries(versions).find(([, version]) => version === field) ?? ['version'];
  return `<${name}>`;
}

/** Requests that clients make of a collection, in the words of HTTP. */
const requests: Record<string, (raw: RawClient, versions: Versions) => Promise<RawAnswer>> = {
  'a list': (raw) => raw.get(root),
  'a list of any version': (raw) => raw.get(`${root}?resourceVersion=0`),
  'a list of at least a version': (raw, { middle }) => raw.get(`${root}?resourceVersion=${middle}&resourceVersionMatch=NotOlderThan`),
  'a list of exactly a version': (raw, { middle }) => raw.get(`${root}?resourceVersion=${middle}&resourceVersionMatch=Exact`),
  'a list of exactly version 0': (raw) => raw.get(`${root}?resourceVersion=0&resourceVersionMatch=Exact`),
  'a match without a version': (raw) => raw.get(`${root}?resourceVersionMatch=Exact`),
  'a match that does not exist': (raw, { middle }) => raw.get(`${root}?resourceVersion=${middle}&resourceVersionMatch=Nearly`),
  'a version that is no number': (raw) => raw.get(`${root}?resourceVersion=abc`),
  'a version from the future': (raw) => raw.get(`${root}?resourceVersion=99999999&resourceVersionMatch=NotOlderThan`),
  'a page': (raw) => raw.get(`${root}?limit=2`),
  'a page of what is selected': (raw) => raw.get(`${root}?limit=1&labelSelector=colour`),
  'a page as large as the collection': (raw) => raw.get(`${root}?limit=5`),
  'a limit that is no number': (raw) => raw.get(`${root}?limit=many`),
  'a token that is none': (raw) => raw.get(`${root}?limit=2&continue=nonsense`),
  'a token with a version': async (raw, { middle }) => {
    const { body } = await raw.get(`${root}?limit=2`);
    return raw.get(`${root}?limit=2&resourceVersion=${middle}&continue=${tokenOf(body)}`);
  },
  'the page after': async (raw) => {
    const { body } = await raw.get(`${root}?limit=2`);
    return raw.get(`${root}?limit=2&continue=${tokenOf(body)}`);
  },
  'the last page': async (raw) => {
    const { body } = await raw.get(`${root}?limit=4`);
    return raw.get(`${root}?limit=4&continue=${tokenOf(body)}`);
  },
  'a list as a table': (raw) => raw.get(root, { accept: table }),
  'a table without objects': (raw) => raw.get(`${root}?includeObject=None`, { accept: table }),
  'a list of metadata': (raw) => raw.get(root, { accept: partial }),
  'a format that nobody speaks': (raw) => raw.get(root, { accept: 'text/csv' }),
  'one object as a table': (raw) => raw.get(`${root}/a`, { accept: table }),
  'a watch from a version': (raw, { first }) => raw.get(`${root}?watch=1&resourceVersion=${first}`, { count: 8 }),
  'a watch from a version by a selector': (raw, { first }) =>
    raw.get(`${root}?watch=1&resourceVersion=${first}&labelSelector=colour%3Dred`, { count: 3 }),
  'a watch from a version by a name': (raw, { first }) =>
    raw.get(`${root}?watch=1&resourceVersion=${first}&fieldSelector=metadata.name%3Db`, { count: 3 }),
  'a watch from anywhere': (raw) => raw.get(`${root}?watch=1&resourceVersion=0&fieldSelector=metadata.name%3Da`, { count: 1 }),
  'a watch from nowhere': (raw) => raw.get(`${root}?watch=1&fieldSelector=metadata.name%3Da`, { count: 1 }),
  'a watch that ends soon': (raw, { last }) => raw.get(`${root}?watch=1&timeoutSeconds=1&resourceVersion=${last}`, { count: 9 }),
  'a watch as a table': (raw, { first }) => raw.get(`${root}?watch=1&resourceVersion=${first}`, { accept: table, count: 3 }),
  'a watch of metadata': (raw, { first }) =>
    raw.get(`${root}?watch=1&resourceVersion=${first}`, { accept: partial.replace('MetadataList', 'Metadata'), count: 2 }),
  'a watch of one object': (raw, { first }) => raw.get(`${root}/b?watch=1&resourceVersion=${first}`, { count: 2 }),
  'a watch from a version that is no number': (raw) => raw.get(`${root}?watch=1&resourceVersion=abc`, { count: 1 }),
  'a stream with the state first': (raw) =>
    raw.get(`${root}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`, { count: 6 }),
  'a stream with the state first, selected': (raw) =>
    raw.get(
      `${root}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=colour%3Dred`,
      {
        count: 2,
      },
    ),
  'a stream with the state first, of an empty collection': (raw) =>
    raw.get(`${root}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=absent`, {
      count: 1,
    }),
  'a stream with the state first, without a match': (raw) =>
    raw.get(`${root}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true`, { count: 1 }),
  'a stream with the state first, without bookmarks': (raw) =>
    raw.get(`${root}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`, { count: 1 }),
  'initial events of a list': (raw) => raw.get(`${root}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`),
  'a type that is not there': (raw) => raw.get(`/api/v1/namespaces/${namespace}/nothings`),
  'a group that is not there': (raw) => raw.get(`/apis/nothing.example.dev/v1/nothings`),
  'an object that is not there': (raw) => raw.get(`${root}/absent`),
  'a namespace that is not there': (raw) => raw.get('/api/v1/namespaces/absent/configmaps'),
};

function tokenOf(body: unknown): string {
  return encodeURIComponent((body as { metadata: { continue?: string } }).metadata.continue ?? '');
}

/** How `kubectl get` would show each built-in type. */
const columns = Object.fromEntries(
  builtIn
    .filter(({ verbs }) => verbs.includes('list'))
    .map(({ group, version, resource }): [string, (raw: RawClient) => Promise<RawAnswer>] => [
      `the columns of ${resourceKey({ group, resource })}`,
      async (raw) => {
        const answer = await raw.get(`/${group === '' ? 'api' : `apis/${group}`}/${version}/${resource}`, { accept: table });
        return { ...answer, body: (answer.body as { columnDefinitions: unknown }).columnDefinitions };
      },
    ]),
);

/** The same of a server that has forgotten the versions. The first token is from before. */
const later: Record<string, (raw: RawClient, versions: Versions, token: string) => Promise<RawAnswer>> = {
  'a watch from a forgotten version': (raw, { first }) => raw.get(`${root}?watch=1&resourceVersion=${first}`, { count: 1 }),
  'a list of exactly a forgotten version': (raw, { middle }) => raw.get(`${root}?resourceVersion=${middle}&resourceVersionMatch=Exact`),
  'a list of at least a forgotten version': (raw, { first }) =>
    raw.get(`${root}?resourceVersion=${first}&resourceVersionMatch=NotOlderThan`),
  'the page after, too late': (raw, _, token) => raw.get(`${root}?limit=2&continue=${token}`),
  'the rest of the pages, as the answer offers it': async (raw, _, token) => {
    const { body } = await raw.get(`${root}?limit=2&continue=${token}`);
    return raw.get(`${root}?limit=2&continue=${tokenOf(body)}`);
  },
};

const historySize = 100;
const titles = [...Object.keys(requests), ...Object.keys(columns), ...Object.keys(later)];

const suite = `lists and watches say the same on both${missing === undefined ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== undefined)(suite, () => {
  let known: KnownDifferences;
  let servers: Server[];

  beforeAll(async () => {
    known = await KnownDifferences.of(path.join(import.meta.dirname, 'list-protocol-differences.json'));
    servers = await Promise.all(
      (['sandbox', 'real'] as const).map(async (target) => {
        const stage = await stages[target]({ name: 'west', historySize });
        return { stage, raw: await rawClient(stage.kubeconfig!), versions: await write(stage) };
      }),
    );
  });
  afterAll(async () => {
    for (const { stage, raw } of servers ?? []) {
      await raw.close();
      await removeNamespace(stage.client, namespace);
      for (const { metadata } of (await stage.client.list(types.configMaps, { namespace: 'default', labelSelector: 'noise' })).items)
        await stage.client.delete(configMapRef('default', metadata.name));
      await stage.close();
    }
    console.log(known.tell('lists and watches', titles.length));
  });

  it.for(Object.entries({ ...requests, ...columns }))('%s', async ([title, ask]) => {
    const [sandbox, real] = await Promise.all(servers.map(async ({ raw, versions }) => mask(await ask(raw, versions), versions)));
    known.judge(title, sandbox, real);
  });

  const keeps = missing === undefined && realCluster('west').etcd === undefined;
  describe.skipIf(keeps)(
    `when the past is forgotten${keeps ? ' (skipped: nobody makes a cluster of your own forget its history)' : ''}`,
    () => {
      let tokens: string[];

      beforeAll(async () => {
        tokens = await Promise.all(servers.map(async ({ raw }) => tokenOf((await raw.get(`${root}?limit=2`)).body)));
        for (const { client } of servers.map(({ stage }) => stage)) {
          for (let index = 0; index < 2 * historySize; index += 1)
            await client.create(types.configMaps, configMap('default', `noise-${index}`, { labels: { noise: 'true' } }));
        }
        await forget(realCluster('west'), servers[1]!.stage.client);
      }, 60_000);

      it.for(Object.entries(later))('%s', async ([title, ask]) => {
        const answers = servers.map(async ({ raw, versions }, index) => mask(await ask(raw, versions, tokens[index]!), versions));
        const [sandbox, real] = await Promise.all(answers);
        known.judge(title, sandbox, real);
      });
    },
  );

  it('knows of no difference in requests that are not made', () => known.assertMade(titles));
});

interface Server {
  stage: LivingCluster;
  raw: RawClient;
  versions: Versions;
}

/** The same writes for everybody: five objects, one that changed its colour, one that came and went. */
async function write({ client }: LivingCluster): Promise<Versions> {
  await client.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } as KubeObject);
  const list = async (): Promise<string> => (await client.list(types.configMaps, { namespace })).resourceVersion;
  // The bundle that a controller writes comes at its own time: it has to be there before, and go.
  await eventually(
    async () => (await client.list(types.configMaps, { namespace })).items.length > 0,
    'the bundle of certificates is there',
  );
  // Something else happens, so that no object has the version of this list.
  await client.create(types.serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'other', namespace } });
  const first = await list();
  await client.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' }, labels: { colour: 'red' } }));
  await client.create(types.configMaps, configMap(namespace, 'b', { labels: { colour: 'red' } }));
  await client.create(types.configMaps, configMap(namespace, 'c'));
  const middle = await list();
  await client.create(types.configMaps, configMap(namespace, 'd'));
  await client.patch(configMapRef(namespace, 'b'), 'merge', { metadata: { labels: { colour: 'green' } } });
  await client.create(types.configMaps, configMap(namespace, 'gone'));
  await client.delete(configMapRef(namespace, 'gone'));
  await client.patch(configMapRef(namespace, 'b'), 'merge', { data: { x: '2' } });
  return { first, middle, last: await list() };
}
