import type { Cases } from '../steps.ts';
import { backedUp, configMap, modified, ruled } from '../steps.ts';

/** What changes on the way back. */
export const modifiers: Cases = {
  'modifier that changes a field': (world) => modified(world, [{ operation: 'replace', path: '/data/page', value: 'changed' }]),
  'modifier that adds and removes': (world) =>
    modified(world, [
      { operation: 'add', path: '/data/more', value: 'yes' },
      { operation: 'remove', path: '/data/size' },
    ]),
  'modifier that removes what is not there': (world) => modified(world, [{ operation: 'remove', path: '/data/absent' }]),
  'modifier whose test does not hold': (world) =>
    modified(world, [
      { operation: 'test', path: '/data/page', value: 'something else' },
      { operation: 'replace', path: '/data/page', value: 'changed' },
    ]),
  'modifier that removes the node port of a service': (world) =>
    modified(world, [{ operation: 'remove', path: '/spec/ports/0/nodePort' }], 'services'),
  'modifier that is not there': async (world) => {
    await backedUp(world);
    return world.restore('r', { backupName: world.name('b'), resourceModifier: { kind: 'configmap', name: 'absent' } });
  },
  'modifier that cannot be read': async (world) => {
    await backedUp(world);
    await configMap(world, 'rules', { rules: 'version: v9\n' });
    return world.restore('r', { backupName: world.name('b'), resourceModifier: { kind: 'configmap', name: world.name('rules') } });
  },
  'modifier that replaces what is not there': (world) => modified(world, [{ operation: 'replace', path: '/data/absent', value: 'x' }]),
  'modifier that adds below what is not there': (world) => modified(world, [{ operation: 'add', path: '/absent/more', value: 'x' }]),
  'modifier that tests below what is not there': (world) =>
    modified(world, [
      { operation: 'test', path: '/absent/page', value: 'hello' },
      { operation: 'replace', path: '/data/page', value: 'changed' },
    ]),
  'modifier that copies and moves': (world) =>
    modified(world, [
      { operation: 'copy', from: '/data/page', path: '/data/copied' },
      { operation: 'move', from: '/data/size', path: '/data/moved' },
    ]),
  'modifier that copies and moves what is not there': (world) =>
    modified(world, [{ operation: 'move', from: '/data/absent', path: '/data/x' }]),
  'modifier whose second step cannot be done': (world) =>
    modified(world, [
      { operation: 'replace', path: '/data/page', value: 'changed' },
      { operation: 'remove', path: '/data/absent' },
    ]),
  'modifier that reads numbers and objects out of strings': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'deployments.apps' },
        patches: [
          { operation: 'replace', path: '/spec/replicas', value: '2' },
          { operation: 'add', path: '/metadata/labels/quoted', value: '"5"' },
          { operation: 'add', path: '/metadata/labels/empty', value: '' },
        ],
      },
    ]),
  'modifier by merging': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'configmaps', resourceNameRegex: '^web$' },
        mergePatches: [{ patchData: 'data: { page: changed, size: null }\n' }],
      },
    ]),
  'modifier by merging strategically': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'deployments.apps' },
        strategicPatches: [
          { patchData: 'spec: { replicas: 2, template: { spec: { containers: [{ name: main, image: "example/web:2" }] } } }\n' },
        ],
      },
    ]),
  'modifier for what has a label': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'configmaps', labelSelector: { matchLabels: { app: 'db' } } },
        patches: [{ operation: 'add', path: '/data/more', value: 'yes' }],
      },
    ]),
  'modifier for what holds a value': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'configmaps', matches: [{ path: '/data/size', value: '"1"' }] },
        patches: [{ operation: 'add', path: '/data/more', value: 'yes' }],
      },
    ]),
  'modifier for what matches a number': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'configmaps', matches: [{ path: '/data/size', value: '1' }] },
        patches: [{ operation: 'add', path: '/data/more', value: 'yes' }],
      },
    ]),
  'modifier for types by a pattern': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: '*', resourceNameRegex: '^web$' },
        patches: [{ operation: 'add', path: '/metadata/labels/more', value: 'stars' }],
      },
      { conditions: { groupResource: 'deploy*.apps' }, patches: [{ operation: 'add', path: '/metadata/labels/more', value: 'dots' }] },
    ]),
  'modifiers that follow one another see what was there': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'configmaps', resourceNameRegex: '^web$' },
        patches: [{ operation: 'replace', path: '/data/page', value: 'changed' }],
      },
      {
        conditions: { groupResource: 'configmaps', matches: [{ path: '/data/page', value: 'changed' }] },
        patches: [{ operation: 'add', path: '/data/more', value: 'not seen' }],
      },
      {
        conditions: { groupResource: 'configmaps', resourceNameRegex: '^web$' },
        patches: [
          { operation: 'test', path: '/data/page', value: 'changed' },
          { operation: 'add', path: '/data/more', value: 'seen' },
        ],
      },
    ]),
  'modifier for a namespace by its new name': async (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'configmaps', namespaces: [world.name('copy')] },
        patches: [{ operation: 'add', path: '/data/more', value: 'yes' }],
      },
    ]),
  'modifier with a value that is no string': (world) =>
    ruled(world, [{ conditions: { groupResource: 'configmaps' }, patches: [{ operation: 'add', path: '/data/more', value: 5 }] }]),
  'modifier in two ways at once': (world) =>
    ruled(world, [
      {
        conditions: { groupResource: 'configmaps' },
        patches: [{ operation: 'remove', path: '/data' }],
        mergePatches: [{ patchData: '{}' }],
      },
    ]),
  'modifier with a step that is none': (world) =>
    ruled(world, [{ conditions: { groupResource: 'configmaps' }, patches: [{ operation: 'drop', path: '/data' }] }]),
  'modifier without a type': (world) => ruled(world, [{ conditions: {}, patches: [{ operation: 'remove', path: '/data' }] }]),
  'modifier that does nothing': (world) => ruled(world, [{ conditions: { groupResource: 'configmaps', resourceNameRegex: '^web$' } }]),
  'modifier without rules': (world) => ruled(world, []),
  'modifier of two files': async (world) => {
    await backedUp(world);
    await configMap(world, 'rules', { one: 'version: v1\n', two: 'version: v1\n' });
    return world.restore('r', { backupName: world.name('b'), resourceModifier: { kind: 'configmap', name: world.name('rules') } });
  },
};
