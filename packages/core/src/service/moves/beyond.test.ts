import { ClusterInventory } from '../../application/cluster-inventory.ts';
import type { Application, Placement } from '../../application/model.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { ManagedApplication } from '../../protection/model.ts';
import { namespace, reading, workload } from '../../application/objects.fixture.ts';
import type { Assessment } from '../assess.ts';
import { beyond } from './beyond.ts';

function found(objects: readonly KubeObject[], placements: readonly Partial<Placement>[], managed: Partial<ManagedApplication>): string[] {
  const east = new ClusterInventory(reading('east', [...objects]));
  const assessment = { inventory: { get: (name: string) => (name === 'east' ? east : undefined) } } as unknown as Assessment;
  const application = {
    name: 'shop',
    components: placements.map((placement, index) => ({
      name: `part-${index}`,
      placements: [{ cluster: 'east', namespace: 'shop', claim: 'claimed', ...placement }],
    })),
  } as unknown as Application;
  const covered = { engine: 'stork', name: 'copies', namespaces: ['shop'], wholeNamespaces: true, claims: [], ...managed };
  return beyond(application, covered as unknown as ManagedApplication, 'east', assessment).map(({ message }) => message);
}

const objects = [namespace('shop'), namespace('billing'), workload('shop/web'), workload('billing/ledger')];

describe('what an engine moves along', () => {
  it('is nothing where it covers the namespaces of the application alone', () => {
    expect(found(objects, [{}], {})).toEqual([]);
    expect(found(objects, [{}, { namespace: 'billing' }], { namespaces: ['shop', 'billing'] })).toEqual([]);
    // One that is empty, and one that is not there.
    expect(found([...objects, namespace('empty')], [{}], { namespaces: ['shop', 'empty', 'gone'] })).toEqual([]);
  });

  it('is what a schedule covers besides, and what others have in the same namespace', () => {
    const message = 'stork moves with copies what is not of shop: Deployment billing/ledger';
    expect(found(objects, [{}], { namespaces: ['shop', 'billing'] })).toEqual([message]);
    expect(found([...objects, workload('shop/other')], [{ workloads: ['Deployment/web'] }], {})).toEqual([
      'stork moves with copies what is not of shop: Deployment shop/other',
    ]);
  });

  it('is only what its own selector takes', () => {
    const named = [{ workloads: ['Deployment/web'] }];
    const marked = (app: string) => workload('shop/other', { labels: { app } });
    expect(found([...objects, marked('web')], named, { labelSelector: 'app=web' })).toHaveLength(1);
    expect(found([...objects, marked('other')], named, { labelSelector: 'app=web' })).toEqual([]);
    // One that nobody can read may take anything.
    expect(found([...objects, marked('other')], named, { labelSelector: '!!' })).toHaveLength(1);
  });

  it('is only what uses its volumes where it does not move whole namespaces', () => {
    const uses = (claim: string) => workload('shop/other', { claims: [claim] });
    const by = { engine: 'ramen', wholeNamespaces: false, claims: ['data'] };
    expect(found([...objects, uses('data')], [{ workloads: ['Deployment/web'] }], by)).toHaveLength(1);
    expect(found([...objects, uses('own')], [{ workloads: ['Deployment/web'] }], by)).toEqual([]);
  });
});
