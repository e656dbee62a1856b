import { engine as velero } from '../engines/velero/index.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import { builders } from '../testing/index.ts';
import { Assessment, type KnownContents } from './assess.ts';
import { Interpretations } from './interpretations.ts';

const now = new Date('2026-01-15T12:00:00Z');
const names = ['cart', 'mail', 'shop'];
const backups = names.map((name) => builders.backup(`${name}-1`, { namespaces: [name] }));

function reading(pods: readonly KubeObject[], cluster = 'east', points = backups): ClusterReading {
  const objects = new Map<string, readonly KubeObject[]>([
    ['namespaces', spaces],
    ['deployments.apps', deployments],
    ['pods', pods],
    ['backups.velero.io', points],
  ]);
  return { cluster, now, takenAt: now, age: 0, objects, failures: new Map() };
}
const spaces = names.map((name) => builders.namespace(name));
const deployments = names.map((name) => builders.deployment(`${name}/web`));
const pods = names.map((name) => builders.pod(`${name}/web-1`, {}, { metadata: { labels: { app: 'web' } } }));

const interpretations = new Interpretations([velero]);
const unread: KnownContents = { get: () => 'unread', revision: 0 };

function assess(readings: ClusterReading[], before?: Assessment, { at = now, contents = unread } = {}): Assessment {
  const common = { readings, tenancy: [], engines: [velero], past: [], contents, now: at, interpretations };
  const made = new Assessment({ ...common, tolerance: 30_000, ...(before && { before }) });
  made.fleet();
  return made;
}

/** Names of the applications whose status is another value. */
function judgedAgain(before: Assessment, after: Assessment): string[] {
  const then = new Map(before.fleet().applications.map((status) => [status.application.name, status]));
  return after.fleet().applications.flatMap((status) => (then.get(status.application.name) === status ? [] : [status.application.name]));
}

describe('an assessment that takes over what rests on the same', () => {
  it('judges nothing again when nothing changed', () => {
    const first = assess([reading(pods)]);
    expect(first.applications.map(({ name }) => name)).toEqual(names);
    expect(judgedAgain(first, assess([reading(pods)], first))).toEqual([]);
  });

  it('judges the application of a changed object, and no other', () => {
    const first = assess([reading(pods)]);
    const changed = pods.map((pod) => (pod.metadata.namespace === 'mail' ? { ...pod } : pod));
    expect(judgedAgain(first, assess([reading(changed)], first))).toEqual(['mail']);
  });

  it('judges the application of a new point, and no other', () => {
    const first = assess([reading(pods)]);
    const more = [...backups, builders.backup('cart-2', { namespaces: ['cart'] })];
    const second = assess([reading(pods, 'east', more)], first);
    expect(judgedAgain(first, second)).toEqual(['cart']);
    expect(second.fleet().applications[0]!.components[0]!.points).toHaveLength(2);
  });

  it('judges again what contents were read for', () => {
    const first = assess([reading(pods)]);
    const contents: KnownContents = { get: (id) => (id.endsWith('/shop-1') ? 'unlistable' : 'unread'), revision: 1 };
    expect(judgedAgain(first, assess([reading(pods)], first, { contents }))).toEqual(['shop']);
  });

  it('believes nothing longer than it may', () => {
    const first = assess([reading(pods)]);
    const at = new Date(now.getTime() + 30_000);
    expect(judgedAgain(first, assess([reading(pods)], first, { at }))).toEqual(names);
  });

  it('takes nothing over from a cluster that has become silent', () => {
    const first = assess([reading(pods)]);
    const silent = { ...reading(pods), failures: new Map([['pods', { code: 'FORBIDDEN', message: 'no' } as never]]) };
    expect(judgedAgain(first, assess([silent], first))).toEqual(names);
  });
});
