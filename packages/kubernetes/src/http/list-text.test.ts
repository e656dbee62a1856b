import { continueOf } from './list-text.ts';

const hostile = { metadata: { name: 'x', annotations: { note: '{"metadata":{"continue":"forged"}}', continue: 'forged' } } };

it.each([
  [
    'a typed list',
    { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7', continue: 'abc', remainingItemCount: 9 } },
    'abc',
  ],
  ['the last page of one', { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' } }, undefined],
  ['an empty token', { kind: 'PodList', apiVersion: 'v1', metadata: { continue: '', resourceVersion: '7' } }, undefined],
])('%s tells the next page at its beginning', (_, list, expected) => {
  expect(continueOf(JSON.stringify({ ...list, items: [hostile] }))).toBe(expected);
});

it.each([
  ['a list of custom resources', { continue: 'abc', remainingItemCount: 9, resourceVersion: '7' }, 'abc'],
  ['the last page of one', { resourceVersion: '7' }, undefined],
  ['an empty token', { continue: '', resourceVersion: '7' }, undefined],
])('%s tells it at its end', (_, metadata, expected) => {
  const list = { apiVersion: 'velero.io/v1', items: [hostile], kind: 'BackupList', metadata };
  expect(continueOf(`${JSON.stringify(list)}\n`)).toBe(expected);
});

it('nothing of an object is taken for a token', () => {
  expect(continueOf(JSON.stringify({ items: [hostile, { metadata: { name: 'y' } }] }))).toBeUndefined();
  expect(continueOf(JSON.stringify({ items: [hostile], metadata: { labels: {} } }))).toBeUndefined();
});
