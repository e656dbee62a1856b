import { describe, expect, it } from 'vitest';
import { labels } from '../application/model.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { apiVersionOf, resourceKey, types } from '../ports/kubernetes.ts';
import type {
  Ends,
  PromoteRequest,
  ReplicationProgress,
  ReplicationRef,
  ReplicationRequest,
  Replicator,
  SyncRequest,
} from '../ports/replication.ts';
import type { Replication } from '../protection/model.ts';
import { copiesOf } from '../protection/replication.ts';

/** An engine on two clusters, with one claim `data` in the namespace `shop` of the source, and nothing at the target. */
export interface ReplicationHarness {
  engine: Engine;
  ends: Ends;
  /** The claim as it is made again at the target. */
  claim: KubeObject;
  /** What a person does: `render` is applied, and whatever the engine needs besides (credentials) is there. */
  begin(request: ReplicationRequest): Promise<void>;
  /** One file in a volume that nothing is mounting just now. */
  write(at: EngineContext, claim: string, text: string): Promise<void>;
  /** Of a claim, once it is there with its data. */
  read(at: EngineContext, claim: string): Promise<string | undefined>;
  /** Lets everything happen that is due, without a long wait. */
  settle(): Promise<void>;
  /** The engine's own programs do nothing more. */
  silence(): void;
  close?(): void | Promise<void>;
}

const marks = { [labels.operation]: 'conformance-1', [labels.step]: 'a' };
const every = 5 * 60_000;

/** The guarantees of `ports/replication.ts`, by their numbers there. A harness is made for each check. */
export function describeReplicator(name: string, makeHarness: () => ReplicationHarness | Promise<ReplicationHarness>): void {
  describe(`${name} is a Replicator`, () => {
    const check = (title: string, body: (harness: ReplicationHarness & { replicator: Replicator }) => Promise<void>): void =>
      it(title, async () => {
        const harness = await makeHarness();
        try {
          await body({ ...harness, replicator: harness.engine.replicator! });
        } finally {
          await harness.close?.();
        }
      });

    check('C2: renders the same for the same, and says where it has to be', async (harness) => {
      const { engine, replicator } = harness;
      expect(engine.capabilities.replication).toBe(true);
      const request = requestOf(harness);
      const before = JSON.stringify(request);
      const rendered = replicator.render(request);
      expect(rendered).toEqual(replicator.render(request));
      expect(JSON.stringify(request)).toBe(before);
      expect(new Set(rendered.map(({ end }) => end))).toEqual(new Set(['source', 'target']));
      for (const { type, end, object } of rendered) {
        expect(replicator.types).toContainEqual(type);
        expect(object.metadata.namespace).toBe(request[end].namespace);
        expect(object.metadata.labels).toMatchObject(request.labels);
      }
      const other: KubeObject = { ...harness.claim, metadata: { ...harness.claim.metadata, name: 'other' } };
      const both = replicator.render({ ...request, claims: [harness.claim, other] });
      const keys = both.map(({ end, type, object }) => `${end} ${resourceKey(type)} ${object.metadata.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    });

    check('C1, C3: what was there before a sync is there after it, and both ends tell how old it is', async (harness) => {
      const { ends, replicator } = harness;
      await begun(harness, 'one');
      await harness.write(ends.source, 'data', 'two');
      const asked = (await ends.source.cluster.now()).getTime();
      const request = syncOf(await pairOf(harness), 'sync-2');
      const done = await end(harness, () => replicator.sync(ends, request));
      expect(done).toMatchObject({ phase: 'Succeeded', claims: [{ claim: 'data' }] });
      // Start and end are told in whole seconds: it may seem up to two older, never younger.
      if (done.claims[0]!.capturedAt !== undefined) expect(Date.parse(done.claims[0]!.capturedAt)).toBeGreaterThanOrEqual(asked - 2_000);
      const { source, target } = await pairOf(harness);
      expect(source).toMatchObject({ role: 'source', to: ends.target.cluster.name, claims: ['data'], paused: false, interval: every });
      expect(target).toMatchObject({ role: 'target', from: ends.source.cluster.name, claims: ['data'], holds: true });
      expect(source.id).not.toBe(target.id);
      // Asked again it is the same sync.
      expect(await replicator.sync(ends, request)).toMatchObject({ phase: 'Succeeded' });
      for (let twice = 0; twice < 2; twice += 1) await replicator.endSync(ends, request);
      expect(await promoted(harness)).toBe('two');
    });

    check('C4, C5: promotes without the source, once, under its own name and with marks', async (harness) => {
      const { ends, engine, replicator } = harness;
      await begun(harness, 'one');
      const request = promoteOf(await pairOf(harness));
      const done = await end(harness, () => replicator.promote(ends.target, request));
      expect(done).toMatchObject({ phase: 'Succeeded', claims: [{ claim: 'data' }] });
      expect((await pairOf(harness)).target.paused).toBe(true);
      const written: string[] = [];
      expect(
        await replicator.promote(
          watched(ends.target, (verb) => void written.push(verb)),
          request,
        ),
      ).toMatchObject({ phase: 'Succeeded' });
      expect(written.filter((verb) => verb !== 'patch')).toEqual([]);
      const claim = await ends.target.cluster.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data' });
      expect(claim.metadata.labels).toMatchObject(marks);
      expect(await engine.isRestoredBy(claim, request.name)).toBe(true);
      expect(await engine.isRestoredBy(claim, 'another')).toBe(false);
      for (let twice = 0; twice < 2; twice += 1) await replicator.endPromotion(ends.target, request);
      await eventually(harness, async () => expect(await harness.read(ends.target, 'data')).toBe('one'));
    });

    check('C5: leaves a claim that exists as it is, and writes nothing', async (harness) => {
      const { ends, replicator, claim } = harness;
      await begun(harness, 'one');
      await ends.target.cluster.create(types.persistentVolumeClaims, claim);
      const request = promoteOf(await pairOf(harness));
      const written: string[] = [];
      const watching = watched(ends.target, (verb) => void written.push(verb));
      await expect(replicator.promote(watching, request)).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('data'),
      });
      expect(written).toEqual([]);
    });

    check('C6: promotes nothing that never arrived', async (harness) => {
      const { ends, replicator } = harness;
      const request = requestOf(harness);
      const target = replicator.render(request).find((one) => one.end === 'target')!;
      await harness.begin({ ...request, source: { ...request.source, namespace: 'nothing-here' } });
      const found = (await replicationsOf(harness)).find(({ role }) => role === 'target')!;
      expect(found.name).toBe(target.object.metadata.name);
      const done = await end(harness, () => replicator.promote(ends.target, promoteOf({ target: found })));
      expect(done.phase).toBe('Failed');
      expect(done.message).toContain(found.name);
      expect(
        (await ends.target.cluster.list(types.persistentVolumeClaims, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name),
      ).not.toContain('data');
    });

    check('C7: pauses and goes on, however often it is told to', async (harness) => {
      const { ends, replicator } = harness;
      await begun(harness, 'one');
      const { source, target } = await pairOf(harness);
      for (const paused of [true, true, false, false]) {
        await replicator.pause(ends.source, [source], paused);
        const after = await pairOf(harness);
        expect([after.source.paused, after.target.paused]).toEqual([paused, target.paused]);
      }
    });

    check('C8: reverses, and nothing of the former source reaches the new one', async (harness) => {
      const { ends, replicator } = harness;
      await begun(harness, 'one');
      const former = await pairOf(harness);
      expect(await promoted(harness)).toBe('one');
      const back = { ...requestOf(harness), source: placeOf(ends.target), target: placeOf(ends.source) };
      const swapped: Ends = { source: ends.target, target: ends.source };
      // The former source is lost, and goes on when it comes back.
      expect(await replicator.reverse({ source: swapped.source }, back, [former.source, former.target])).toEqual({ pending: ['target'] });
      await harness.write(ends.target, 'data', 'west');
      await harness.write(ends.source, 'data', 'stale');
      await harness.begin(back);
      for (let twice = 0; twice < 2; twice += 1)
        expect(await replicator.reverse(swapped, back, [former.source, former.target])).toEqual({ pending: [] });
      const all = await replicationsOf(harness);
      for (const { id } of [former.source, former.target]) expect(all.find((one) => one.id === id)?.paused).toBe(true);
      const { source, target } = copiesOf(all.filter(({ paused }) => !paused))[0]!;
      expect([source?.cluster, target?.cluster]).toEqual([ends.target.cluster.name, ends.source.cluster.name]);
      const done = await end(harness, () => replicator.sync(swapped, syncOf({ source: source!, target: target! }, 'sync-back')));
      expect(done.phase).toBe('Succeeded');
      const into = 'shop-drill';
      await namespaceIn(ends.source, into);
      const request = { ...promoteOf({ target: target! }), name: 'drill', into };
      expect((await end(harness, () => replicator.promote(ends.source, request))).phase).toBe('Succeeded');
      await eventually(harness, async () => expect(await harness.read({ ...ends.source, namespace: into }, 'data')).toBe('west'));
      expect((await replicationsOf(harness)).find(({ id }) => id === target!.id)?.paused).toBe(false);
    });

    check('C9: what nobody acts on ends Failed, by the clocks of its clusters, and names the object', async (harness) => {
      const { ends, replicator } = harness;
      await begun(harness, 'one');
      const pair = await pairOf(harness);
      harness.silence();
      const request = syncOf(pair, 'sync-2');
      for (let looks = 0; looks < 3; looks += 1) {
        expect((await replicator.sync(ends, request)).phase).toBe('Running');
        await harness.settle();
      }
      const later: Ends = { source: ahead(ends.source, 24 * 60 * 60_000), target: ahead(ends.target, 24 * 60 * 60_000) };
      const done = await replicator.sync(later, request);
      expect(done.phase).toBe('Failed');
      expect(done.message).toContain(pair.source.name);
      expect(done.message).toContain(ends.source.cluster.name);
      for (let twice = 0; twice < 2; twice += 1) await replicator.endSync(ends, request);
    });
  });
}

/** The cluster, with a clock that shows so many milliseconds more. */
function ahead(context: EngineContext, milliseconds: number): EngineContext {
  const cluster: ClusterClient = new Proxy(context.cluster, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'now') return (value as (...all: unknown[]) => unknown).bind(target);
      return async (...all: []) => new Date((await target.now(...all)).getTime() + milliseconds);
    },
  });
  return { ...context, cluster };
}

function placeOf({ cluster, namespace }: EngineContext): { cluster: string; namespace: string } {
  return { cluster: cluster.name, namespace };
}

function requestOf({ ends, claim }: ReplicationHarness): ReplicationRequest {
  return {
    name: 'dr-shop',
    source: placeOf(ends.source),
    target: placeOf(ends.target),
    claims: [claim],
    every,
    labels: { [labels.application]: 'shop' },
    annotations: {},
  };
}

/** Both ends are there and one sync has ended. */
async function begun(harness: ReplicationHarness, text: string): Promise<void> {
  await harness.write(harness.ends.source, 'data', text);
  await harness.begin(requestOf(harness));
  const request = syncOf(await pairOf(harness), 'sync-1');
  expect(await end(harness, () => harness.engine.replicator!.sync(harness.ends, request))).toMatchObject({ phase: 'Succeeded' });
  await harness.engine.replicator!.endSync(harness.ends, request);
}

async function promoted(harness: ReplicationHarness): Promise<string | undefined> {
  const { ends, engine } = harness;
  const request = promoteOf(await pairOf(harness));
  expect(await end(harness, () => engine.replicator!.promote(ends.target, request))).toMatchObject({ phase: 'Succeeded' });
  await engine.replicator!.endPromotion(ends.target, request);
  let text: string | undefined;
  await eventually(harness, async () => expect((text = await harness.read(ends.target, 'data'))).toBeDefined());
  return text;
}

function refOf({ id, name, namespace, cluster, role, claims }: ReplicationRef): ReplicationRef {
  return { id, name, namespace, cluster, role, claims };
}

function syncOf({ source, target }: { source: Replication; target: Replication }, name: string): SyncRequest {
  return { name, sources: [refOf(source)], targets: [refOf(target)] };
}

function promoteOf({ target }: { target: Replication }): PromoteRequest {
  return { name: 'promotion', targets: [refOf(target)], labels: marks, annotations: {} };
}

async function pairOf(harness: ReplicationHarness): Promise<{ source: Replication; target: Replication }> {
  const { source, target } = copiesOf(await replicationsOf(harness)).find((copy) => copy.claim === 'data')!;
  return { source: source!, target: target! };
}

async function replicationsOf({ engine, ends }: ReplicationHarness): Promise<Replication[]> {
  const all: Replication[] = [];
  for (const { cluster } of [ends.source, ends.target]) {
    const objects = new Map<string, KubeObject[]>();
    for (const type of engine.kinds) objects.set(resourceKey(type), await listOf(cluster, type));
    all.push(...engine.interpret({ cluster: cluster.name, now: await cluster.now(), age: 0, objects, failures: new Map() }).replications);
  }
  return all;
}

async function listOf(cluster: ClusterClient, type: ResourceType): Promise<KubeObject[]> {
  const { items } = await cluster.list(type);
  return items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind }));
}

async function namespaceIn({ cluster }: EngineContext, name: string): Promise<void> {
  await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

async function end({ settle }: ReplicationHarness, look: () => Promise<ReplicationProgress>): Promise<ReplicationProgress> {
  for (let looks = 0; looks < 200; looks += 1) {
    const progress = await look();
    if (progress.phase !== 'Pending' && progress.phase !== 'Running') return progress;
    await settle();
  }
  throw new Error('it does not end');
}

async function eventually({ settle }: ReplicationHarness, look: () => Promise<void>): Promise<void> {
  for (let looks = 0; ; looks += 1) {
    try {
      return await look();
    } catch (error) {
      if (looks >= 100) throw error;
      await settle();
    }
  }
}

function watched(context: EngineContext, tell: (verb: string) => void): EngineContext {
  const cluster: ClusterClient = new Proxy(context.cluster, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (['create', 'replace', 'patch', 'delete'].includes(String(property))) tell(String(property));
      return (value as (...all: unknown[]) => unknown).bind(target);
    },
  });
  return { ...context, cluster };
}
