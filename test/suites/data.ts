import { applicationListSchema, applicationSchema } from '@kubectl-dr/core/wire/application';
import {
  componentListSchema,
  componentSchema,
  reasonMeaningListSchema,
  reasonMeaningSchema,
  versionSchema,
  wordSchema,
} from '@kubectl-dr/core/wire/command-line';
import { drillListSchema, drillSchema } from '@kubectl-dr/core/wire/drill';
import { doctorReportSchema } from '@kubectl-dr/core/wire/doctor';
import { policyChangeListSchema, policyLintListSchema } from '@kubectl-dr/core/wire/policy';
import { reportSchema } from '@kubectl-dr/core/wire/report';
import { diffSchema, operationListSchema, operationSchema, planSchema } from '@kubectl-dr/core/wire/plan';
import {
  clusterListSchema,
  clusterSchema,
  engineListSchema,
  engineSchema,
  policyListSchema,
  policySchema,
  recoveryPointListSchema,
  recoveryPointSchema,
  replicationListSchema,
  restoreListSchema,
  restoreSchema,
  scheduleListSchema,
  storageLocationListSchema,
  storageLocationSchema,
} from '@kubectl-dr/core/wire/protection';
import { parse } from 'yaml';
import type { z } from 'zod';
import { commands } from '../../kubectl-plugin/src/commands/index.ts';
import type { ExampleFleet } from './example-fleet.ts';

/** In this order: `%s` is the restore in place that ran before, `%d` the drill. Exit codes other than 0 are the command's good right. */
const table: [line: string, schema: z.ZodType, code?: number][] = [
  ['status', applicationListSchema],
  ['status shop', applicationSchema],
  ['get apps', applicationListSchema],
  ['get app shop', applicationSchema],
  ['get components', componentListSchema],
  ['get component shop/web', componentSchema],
  ['get points', recoveryPointListSchema],
  ['get points --application shop', recoveryPointListSchema],
  ['get schedules', scheduleListSchema],
  ['get policies', policyListSchema],
  ['get locations', storageLocationListSchema],
  ['get clusters', clusterListSchema],
  ['get engines', engineListSchema],
  ['describe app shop', applicationSchema],
  ['describe component shop/web', componentSchema],
  ['describe policy gold', policySchema],
  ['describe cluster east', clusterSchema],
  ['describe location east/velero/velero/default', storageLocationSchema],
  ['describe engine velero', engineSchema],
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
  ['plan drill shop --component web', planSchema],
  ['plan failover shop --to west', planSchema, 6],
  ['backup shop --dry-run client', planSchema],
  ['failover shop --to west --dry-run client', planSchema, 6],
  ['relocate shop --to west --dry-run client', planSchema, 6],
  ['failback shop --to west --dry-run client', planSchema, 6],
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
  ['get drill %d', drillSchema],
  ['describe drill %d', drillSchema],
  ['report --drill %d', drillSchema],
  ['explain RTO', wordSchema],
  ['explain', reasonMeaningListSchema],
  ['explain RPO_BREACHED', reasonMeaningSchema],
  ['version', versionSchema],
];

/** `-o json` is a contract: what the schemas of `core/src/wire` say, and nothing else on stdout. The fleet has the point `p1`. */
export function describeData(fleet: () => ExampleFleet): void {
  describe('data', () => {
    let restored: string;
    let drill: string;
    beforeAll(async () => {
      const ran = await fleet().run('plan restore shop --component orders-db --mode dataOnly --out plan.json');
      expect(ran.code, ran.err).toBe(0);
    });

    it.each(table)('%s', async (line, schema, code = 0) => {
      const ran = await fleet().run(`${line.replace('%s', restored).replace('%d', drill)} -o json`);
      expect(ran, ran.err).toMatchObject({ code });
      const value = JSON.parse(ran.out) as { kind: string; metadata?: { name: string }; spec?: { mode?: string; intent?: string } };
      const { error } = schema.safeParse(value);
      expect(error?.issues).toBeUndefined();
      if (value.kind === 'Operation' && value.spec?.mode === 'dataOnly') restored = value.metadata!.name;
      if (value.kind === 'Operation' && value.spec?.intent === 'Drill') drill = value.metadata!.name;
    });

    it('what a drill proved is told with the application, too', async () => {
      expect((await fleet().run('status shop')).out).toMatch(/brought back in \d+\w+ of 2h, \d+\w+ ago/);
      const { status } = applicationSchema.parse(JSON.parse((await fleet().run('describe app shop -o json')).out));
      const web = status.components.find(({ name }) => name === 'web')!;
      expect(web.rto).toMatchObject({ objectiveSeconds: 7200, provenAt: expect.any(String) });
    });

    it('covers every command that prints data, but for those that need an operation that was cut off', () => {
      const covered = new Set(table.map(([line]) => line.split(' ')[0]));
      const left = commands.filter(({ name, withoutData }) => !withoutData && !covered.has(name)).map(({ name }) => name);
      // What those print is held against its schema in `commands-undo.test.ts`, `exit-codes.test.ts` and, for both that are
      // said to a portal alone, `portal.test.ts`.
      expect(left).toEqual(['resume', 'cancel', 'approve', 'reject']);
    });

    it.each(['status', 'get points', 'get components', 'describe app shop', 'plan restore shop', 'diff shop', 'get operations', 'explain'])(
      '%s -o yaml is the same value',
      async (line) => {
        const [asYaml, asJson] = [await fleet().run(`${line} -o yaml`), await fleet().run(`${line} -o json`)];
        // Ages and what is drawn by lot differ from run to run.
        const masked = (value: unknown): string =>
          JSON.stringify(value)
            .replaceAll(/\b[0-9a-f]{5,}\b/g, 'ID')
            .replaceAll(/\d+/g, '0');
        expect(masked(parse(asYaml.out))).toBe(masked(JSON.parse(asJson.out)));
      },
    );
  });
}
