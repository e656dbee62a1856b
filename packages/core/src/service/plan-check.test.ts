import type { Application } from '../application/model.ts';
import type { Plan, Step } from '../planning/model.ts';
import { assertInside } from './plan-check.ts';

const application = {
  name: 'shop',
  components: [{ name: 'web', placements: [{ cluster: 'east', namespace: 'shop', claim: 'claimed' }] }],
} as unknown as Application;

const carry = (namespace: string): Step => ({
  id: 'write',
  title: '',
  cluster: 'west',
  action: { kind: 'objects.carry', from: { cluster: 'east', namespace: 'shop' }, namespace, objects: [], mapping: {} },
});
const plan = (namespace: string, more: Partial<Plan> = {}): Plan =>
  ({
    intent: 'Relocate',
    application: 'shop',
    target: [{ cluster: 'west', namespaces: [namespace] }],
    waves: [[carry(namespace)]],
    undo: { text: '', possible: false },
    mapping: { namespaces: { shop: namespace } },
    ...more,
  }) as unknown as Plan;
/** `own`: namespaces of west that are the application's and nobody else's. */
const check = (checked: Plan, own: string[] = []) =>
  assertInside(
    checked,
    application,
    () => true,
    (_cluster, namespace) => own.includes(namespace),
    [],
  );

describe('a plan that brings a namespace under another name', () => {
  it('may write into one that is the application’s own, or that it makes', () => {
    expect(() => check(plan('shop-dr'), ['shop-dr'])).not.toThrow();
    const made: Step = {
      id: 'make',
      title: '',
      cluster: 'west',
      action: { kind: 'namespace.create', namespace: 'shop-dr', labels: {}, annotations: {} },
    };
    expect(() => check(plan('shop-dr', { waves: [[made], [carry('shop-dr')]] }))).not.toThrow();
  });

  it('may not write into another, whatever it says of the name: it may come from a journal that somebody edited', () => {
    expect(() => check(plan('kube-system'))).toThrow(/reaches into the namespace kube-system on west, which is not part of shop/);
    expect(() => check(plan('shop-dr', { mapping: {} }), ['shop-dr'])).toThrow(/shop-dr on west, which is not part of shop/);
    expect(() => check(plan('shop-dr', { mapping: { namespaces: { pay: 'shop-dr' } } }), ['shop-dr'])).toThrow(/not part of shop/);
    expect(() => check(plan('shop-dr', { intent: 'Restore' }), ['shop-dr'])).toThrow(/not part of shop/);
  });
});
