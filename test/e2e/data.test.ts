import { applicationListSchema, applicationSchema } from '@kubectl-dr/core/wire/application';
import {
  componentListSchema,
  componentSchema,
  reasonMeaningListSchema,
  reasonMeaningSchema,
  versionSchema,
  wordSchema,
} from '@kubectl-dr/core/wire/command-line';
import { drillListSchema } from '@kubectl-dr/core/wire/drill';
import { doctorReportSchema } from '@kubectl-dr/core/wire/doctor';
import { policyChangeListSchema, policyLintListSchema } from '@kubectl-dr/core/wire/policy';
import { reportSchema } from '@kubectl-dr/core/wire/report';
import { diffSchema, operationListSchema, operationSchema, planSchema } from '@kubectl-dr/core/wire/plan';
import {
  clusterListSchema,
  clusterSchema,
  engineListSchema,
  policyListSchema,
  policySchema,
  recoveryPointListSchema,
  recoveryPointSchema,
  replicationListSchema,
  restoreListSchema,
  restoreSchema,
  scheduleListSchema,
  storageLocationListSchema,
} from '@kubectl-dr/core/wire/protection';
import { parse } from 'yaml';
import type { z } from 'zod';
import { commands } from '../../kubectl-plugin/src/commands/index.ts';
import { TestFleet } from './fleet.ts';

/** `-o json` is a contract: what the schemas of `core/src/wire` say, and nothing else on stdout. */
let fleet: TestFleet;
let restored: string;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.advance(10);
  await fleet.run('plan restore shop --component orders-db --mode dataOnly --out plan.json');
});
afterAll(() => fleet.close());

/** In this order: `%s` is the restore in place that ran before. Exit codes other than 0 are the command's good right. */
const table: [line: string, schema: z.ZodType, code?: number][] = [
  ['status', applicationListSchema],
  ['status shop', applicationSchema],
  ['get apps', applicationListSchema],
  ['get app shop', applicationSchema],
  ['get components', componentListSchema],
  ['get component web', componentSchema],
  ['get points', recoveryPointListSchema],
  ['get points --application shop', recoveryPointListSchema],
  ['get schedules', scheduleListSchema],
  ['get policies', policyListSchema],
  ['get locations', storageLocationListSchema],
  ['get clusters', clusterListSchema],
  ['get engines', engineListSchema],
  ['describe app shop', applicationSchema],
  ['describe component web', componentSchema],
  ['describe policy gold', policySchema],
  ['describe cluster east', clusterSchema],
  ['describe point east/velero/velero/p1', recoveryPointSchema],
  ['doctor', doctorReportSchema],
  ['doctor shop', doctorReportSchema],
  ['report', reportSchema],
  ['report shop', reportSchema],
  ['policy lint', policyLintListSchema],
  ['policy apply --dry-run', policyChangeListSchema],
  ['diff shop', diffSchema],
  ['plan restore shop', planSchema],
  ['plan backup shop', planSchema],
  ['backup shop --dry-run client', planSchema],
  ['failover shop --to west --dry-run client', planSchema, 6],
  ['restore shop --dry-run client', planSchema],
  ['backup shop --component web', operationSchema],
  ['apply -f plan.json --yes', operationSchema],
  ['get operations', operationListSchema],
  ['get restores', restoreListSchema],
  ['get replications', replicationListSchema],
  ['describe restore %s', restoreSchema],
  ['describe operation %s', operationSchema],
  ['logs %s', operationSchema],
  ['logs %s -f', operationSchema],
  ['wait %s', operationSchema],
  ['undo %s --dry-run client', operationSchema],
  ['undo %s --yes', operationSchema],
  ['restore shop --component orders-db --mode dataOnly --yes', operationSchema],
  ['confirm %s --yes', operationSchema],
  ['drill shop --component web', operationSchema],
  ['get drills', drillListSchema],
  ['explain RTO', wordSchema],
  ['explain', reasonMeaningListSchema],
  ['explain RPO_BREACHED', reasonMeaningSchema],
  ['version', versionSchema],
];

it.each(table)('%s', async (line, schema, code = 0) => {
  const ran = await fleet.run(`${line.replace('%s', restored)} -o json`);
  expect(ran, ran.err).toMatchObject({ code });
  const value = JSON.parse(ran.out) as { kind: string; metadata?: { name: string }; spec?: { mode?: string } };
  const { error } = schema.safeParse(value);
  expect(error?.issues).toBeUndefined();
  if (value.kind === 'Operation' && value.spec?.mode === 'dataOnly') restored = value.metadata!.name;
});

it('covers every command that prints data, but for those that need an operation that was cut off', () => {
  const covered = new Set(table.map(([line]) => line.split(' ')[0]));
  const left = commands.filter(({ name, withoutData }) => !withoutData && !covered.has(name)).map(({ name }) => name);
  // Both end in the same function as `wait` and `undo`; `exit-codes.test.ts` and `processes.test.ts` run them.
  // The other two are said to a portal alone: `portal.test.ts`.
  expect(left).toEqual(['resume', 'cancel', 'approve', 'reject']);
});

it.each(['status', 'get points', 'get components', 'describe app shop', 'plan restore shop', 'diff shop', 'get operations', 'explain'])(
  '%s -o yaml is the same value',
  async (line) => {
    const [asYaml, asJson] = [await fleet.run(`${line} -o yaml`), await fleet.run(`${line} -o json`)];
    const masked = (value: unknown): string => JSON.stringify(value).replaceAll(/"(id|hash|createdAt|expiresAt|at)":"[^"]*"/g, '');
    expect(masked(parse(asYaml.out))).toBe(masked(JSON.parse(asJson.out)));
  },
);

describe('templates and columns', () => {
  const run = (...words: string[]) => fleet.run(words);

  it('fill in what -o json has', async () => {
    const template = '{range .items[*]}{.metadata.name}={.status.nativePhase}{"\\n"}{end}';
    expect((await run('get', 'points', '-n', 'shop', '-o', `jsonpath=${template}`)).out).toMatch(/^(\S+=Completed\n)+$/);
    expect(await run('status', 'shop', '-o', 'jsonpath={.metadata.name}')).toEqual({ code: 0, out: 'shop', err: '' });
    expect((await run('version', '-o', 'jsonpath={.client.node}')).out).toBe(process.version);
  });

  it('columns of one’s own, in an order of one’s own', async () => {
    const { out } = await run(
      'get',
      'components',
      '--sort-by',
      '.metadata.name',
      '-o',
      'custom-columns=NAME:.metadata.name,WHERE:spec.placements[*].namespace,NOT:.nope',
    );
    expect(out).toMatchInlineSnapshot(`
      "NAME          WHERE     NOT
      orders-db     shop      <none>
      recommender   shop-ml   <none>
      web           shop      <none>
      "
    `);
    expect((await run('get', 'components', '--no-headers', '-o', 'custom-columns=N:.metadata.name')).out).not.toContain('N\n');
    const names = (await run('get', 'points', '--sort-by', '{.metadata.name}', '-o', 'name')).out;
    expect(names.split('\n')).toEqual(names.split('\n').slice(0, -1).toSorted().concat(''));
  });

  it.each([
    ['jsonpath={.items[', '--output jsonpath={.items[ cannot be read: unterminated array'],
    ['custom-columns=NAME', '--output custom-columns=NAME cannot be read: "NAME" is not HEADER:.path'],
    ['jsonpat={.x}', '--output must be one of json, yaml, wide, name, jsonpath=, custom-columns=, not "jsonpat={.x}"'],
  ])('refuse %s before anything is asked', async (format, message) => {
    const ran = await run('get', 'points', '-o', format);
    expect(ran).toEqual({ code: 2, out: '', err: `error: ${message}\nSee "kubectl dr get --help"\n` });
  });

  it('say what cannot be found', async () => {
    const ran = await run('get', 'points', '-o', 'jsonpath={.items[99].metadata.name}');
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(
      /^error: jsonpath=\{\.items\[99\]\.metadata\.name\} cannot be filled in: array index out of bounds: index 99, length \d+\nnext: /,
    );
    expect(await run('get', 'points', '--sort-by', '{')).toMatchObject({ code: 2 });
    expect(await run('completion', 'bash', '-o', 'json')).toMatchObject({ code: 2, out: '' });
  });
});
