import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../ports/kubernetes.ts';
import { applicationsFromReadings } from './from-labels.ts';
import type { Application } from './model.ts';
import { claim, job, namespace, pod, reading, workload } from './objects.fixture.ts';

const part = (application: string, component?: string, name?: string) => ({
  'app.kubernetes.io/part-of': application,
  ...(component && { 'app.kubernetes.io/component': component }),
  ...(name && { 'app.kubernetes.io/name': name }),
});
const read = (...objects: KubeObject[]) => applicationsFromReadings([reading('east', objects)]);
const outline = (applications: Application[]) =>
  Object.fromEntries(
    applications.map(({ name, components }) => [
      name,
      components.map(
        (component) =>
          `${component.name}: ${component.placements.map((p) => `${p.cluster}/${p.namespace}${p.labelSelector ? ` ${p.labelSelector}` : ''}${p.workloads ? ` [${p.workloads.join()}]` : ''}`).join(' + ')}`,
      ),
    ]),
  );

describe('applicationsFromReadings', () => {
  it('groups by part-of over namespaces and clusters', () => {
    const applications = applicationsFromReadings([
      reading('east', [
        namespace('shop', { annotations: { 'kubectl-dr.dev/owner': 'team-shop' } }),
        workload('shop/web', {
          labels: part('shop', 'web'),
          annotations: { 'kubectl-dr.dev/depends-on': 'orders, tax/api', 'kubectl-dr.dev/policy': 'gold' },
        }),
        workload('shop/orders-v2', { labels: part('shop', undefined, 'orders') }),
        workload('shop/db', { kind: 'StatefulSet', labels: part('shop', 'db') }),
      ]),
      reading('west', [
        namespace('shop-gpu', { labels: { 'kubectl-dr.dev/owner': 'team-shop' } }),
        workload('shop-gpu/recommend', { labels: part('shop', 'recommend') }),
      ]),
    ]);
    expect(outline(applications)).toEqual({
      shop: [
        'db: east/shop app.kubernetes.io/component=db,app.kubernetes.io/part-of=shop',
        'orders: east/shop app.kubernetes.io/name=orders,app.kubernetes.io/part-of=shop',
        'recommend: west/shop-gpu',
        'web: east/shop app.kubernetes.io/component=web,app.kubernetes.io/part-of=shop',
      ],
    });
    expect(applications[0]).toMatchObject({ owner: 'group:default/team-shop', source: 'labels', problems: [] });
    expect(applications[0]!.components[3]).toMatchObject({
      policy: 'gold',
      dependsOn: ['orders'],
      external: ['tax/api'],
      type: 'deployment',
      placements: [{ claim: 'claimed' }],
    });
  });

  it('makes an application of a namespace without labels, one component per workload', () => {
    expect(
      outline(
        read(
          namespace('blog'),
          workload('blog/web', { labels: { app: 'web' } }),
          workload('blog/db', { kind: 'StatefulSet' }),
          workload('blog/worker'),
        ),
      ),
    ).toEqual({
      blog: ['db: east/blog [StatefulSet/db]', 'web: east/blog app=web', 'worker: east/blog [Deployment/worker]'],
    });
  });

  it('uses no selector that takes a neighbour as well', () => {
    const shared = { app: 'blog' };
    expect(
      outline(
        read(namespace('blog'), workload('blog/a', { labels: shared, podLabels: shared }), workload('blog/b', { podLabels: shared })),
      ),
    ).toEqual({
      blog: ['a: east/blog [Deployment/a]', 'b: east/blog [Deployment/b]'],
    });
  });

  it('mixes labelled and unlabelled workloads of one namespace', () => {
    expect(
      Object.keys(outline(read(namespace('mix'), workload('mix/web', { labels: part('shop', 'web') }), workload('mix/tool')))),
    ).toEqual(['mix', 'shop']);
  });

  it('leaves out the system, what is empty and what ran to its end', () => {
    const names = outline(
      read(
        ...['kube-system', 'kube-public', 'velero', 'kubectl-dr', 'openshift-dns', 'default', 'empty', 'done'].map((name) =>
          namespace(name),
        ),
        workload('kube-system/dns'),
        workload('velero/velero'),
        job('done/migrate', true),
        pod('done/test', { phase: 'Succeeded' }),
      ),
    );
    expect(names).toEqual({});
    expect(Object.keys(outline(read(namespace('default'), workload('default/web'))))).toEqual(['default']);
  });

  it('leaves out a clone: it carries the labels of its original and is no part of it', () => {
    const labels = part('shop', 'web');
    const clone = namespace('shop-restore-1', { labels: { 'kubectl-dr.dev/clone-of': 'shop' } });
    const [shop, ...others] = read(namespace('shop'), workload('shop/web', { labels }), clone, workload('shop-restore-1/web', { labels }));
    expect(shop!.components.flatMap((component) => component.placements.map((placement) => placement.namespace))).toEqual(['shop']);
    expect(others).toEqual([]);
  });

  it('knows a namespace that a move made under another name by the application that it says', () => {
    const moved = namespace('shop-dr', { labels: { 'kubectl-dr.dev/application': 'shop' } });
    expect(Object.keys(outline(read(moved, workload('shop-dr/web'), claim('shop-dr/data'))))).toEqual(['shop']);
    expect(outline(read(moved, claim('shop-dr/data')))).toEqual({ shop: ['shop-dr: east/shop-dr'] });
  });

  it('keeps a namespace that only holds data', () => {
    expect(read(namespace('archive'), claim('archive/tapes'))).toMatchObject([
      { name: 'archive', components: [{ name: 'archive', type: 'volume' }] },
    ]);
  });

  it('takes part-of from the namespace, too', () => {
    expect(outline(read(namespace('ns', { labels: { 'app.kubernetes.io/part-of': 'shop' } }), workload('ns/web')))).toEqual({
      shop: ['web: east/ns'],
    });
  });

  it('tells unknown dependencies and cycles', () => {
    const depends = (on: string) => ({ annotations: { 'kubectl-dr.dev/depends-on': on } });
    const [blog] = read(namespace('blog'), workload('blog/a', depends('b gone')), workload('blog/b', depends('a')));
    expect(blog!.problems.map(({ code, message }) => [code, message])).toEqual([
      ['DANGLING_REFERENCE', 'a names gone in kubectl-dr.dev/depends-on, which is no component of blog'],
      ['DEPENDENCY_CYCLE', 'The dependencies of blog form a cycle: a -> b -> a'],
    ]);
  });

  it('has no owner where namespaces disagree', () => {
    const own = (owner: string) => ({ annotations: { 'kubectl-dr.dev/owner': owner } });
    const [shop] = read(
      namespace('a', own('team-a')),
      namespace('b', own('group:default/team-b')),
      workload('a/web', { labels: part('shop', 'web') }),
      workload('b/db', { labels: part('shop', 'db') }),
    );
    expect(shop).not.toHaveProperty('owner');
    expect(shop!.components.map(({ owner }) => owner)).toEqual(['group:default/team-b', 'group:default/team-a']);
  });

  it('says nothing of a cluster that did not answer', () => {
    expect(applicationsFromReadings([reading('east', [], { unreachable: new Error('x') as never })])).toEqual([]);
  });
});

const apps = process.env.KUBECTL_DR_SHARED
  ? join(process.env.KUBECTL_DR_SHARED, 'data/apps')
  : fileURLToPath(new URL('../../../../../shared/data/apps', import.meta.url));

(existsSync(apps) ? describe : describe.skip)('real applications (skipped without the shared data)', () => {
  const kinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'PersistentVolumeClaim', 'Pod']);
  const load = (folder: string): KubeObject[] =>
    readdirSync(join(apps, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ya?ml$/.test(file))
      .flatMap((file) =>
        parseAllDocuments(readFileSync(join(apps, folder, file), 'utf8')).map((document) => document.toJS() as KubeObject | null),
      )
      .filter((object): object is KubeObject => object !== null && kinds.has(object.kind))
      .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: folder } }));

  it.each([
    ['online-boutique', 12],
    ['sock-shop', 14],
    ['hotel-reservation', 19],
  ])('%s has its %d components', (folder, count) => {
    const applications = read(namespace(folder), ...load(folder));
    expect(applications.flatMap(({ components }) => components)).toHaveLength(count);
    expect(applications.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
