import { outcomeOf } from './outcome.ts';

/** As a real server wrote them. */
const left = 'could not restore, ConfigMap "web" already exists. Warning: the in-cluster version is different than the backed-up version';

it('counts what was there, differs and was left among what was skipped, though the list calls it failed', () => {
  const list = { 'v1/ConfigMap': ['copy/web(failed)', 'copy/bare(skipped)'], 'v1/Secret': ['copy/db(created)'] };
  expect(outcomeOf(list, { errors: {}, warnings: { namespaces: { copy: [left] } } })).toEqual({
    created: 1,
    updated: 0,
    skipped: 2,
    failed: 0,
    warnings: [`copy: ${left}`],
    errors: [],
  });
});

it('counts as failed what nobody says was there', () => {
  const list = { 'v1/ConfigMap': ['copy/web(failed)', 'other/web(failed)'], 'v1/Node': ['web(failed)'] };
  const results = {
    errors: { namespaces: { other: ['error restoring configmaps/other/web: denied'] } },
    warnings: { namespaces: { copy: [left] } },
  };
  expect(outcomeOf(list, results)).toMatchObject({ failed: 2, skipped: 1, errors: [expect.stringContaining('denied')] });
});
