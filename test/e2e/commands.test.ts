import { readFileSync } from 'node:fs';
import path from 'node:path';
import { reasonCodes } from '@kubectl-dr/core/compliance/reason-codes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { applicationListSchema, applicationSchema } from '@kubectl-dr/core/wire/application';
import { operationListSchema, operationSchema, planSchema } from '@kubectl-dr/core/wire/plan';
import {
  clusterListSchema,
  engineListSchema,
  policyListSchema,
  recoveryPointListSchema,
  scheduleListSchema,
  storageLocationListSchema,
} from '@kubectl-dr/core/wire/protection';
import { parse } from 'yaml';
import type { z } from 'zod';
import { TestFleet } from './fleet.ts';

/** Every command against two clusters with a Velero, the text as a person sees it in a pipe. */
let fleet: TestFleet;
afterAll(() => fleet.close());

async function open(): Promise<void> {
  await fleet?.close();
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.scheduleHourly('72h');
  await fleet.advance(35);
}

const text = async (line: string): Promise<string> => {
  const { code, out, err } = await fleet.run(line);
  expect({ code, err }, line).toEqual({ code: 0, err: '' });
  return out;
};

describe('looking', () => {
  beforeAll(open);

  it('status', async () => {
    expect(await text('status')).toMatchInlineSnapshot(`
      "APPLICATION   VERDICT   DATA AGE    NEXT RUN   OWNER                     REASON
      shop          AtRisk    35m of 1h   in 55m     group:default/team-shop   recommender: No schedule covers recommender (shop-ml on west)

      1 application on 2 clusters: 1 AtRisk

      Next:
        shop   kubectl dr policy apply shop
        all about one: kubectl dr status shop
      "
    `);
    expect(await text('status shop')).toMatchInlineSnapshot(`
      "shop  AtRisk
      data age 35m of 1h, next run in 55m, owner group:default/team-shop, policy gold

      |- recommender  AtRisk  35m of 1h  west/shop-ml  p1
      |    warning NO_SCHEDULE: No schedule covers recommender (shop-ml on west)
      |      next: kubectl dr policy apply shop
      |- web          AtRisk  5m of 1h   east/shop     shop-hourly-20260115133000
      |    warning RETENTION_TOO_SHORT: points of web are kept for 3d, the policy gold promises 30d
      |      next: Let shop-hourly keep its points for 30d, or correct the policy gold.
      \`- orders-db    AtRisk  5m of 1h   east/shop     shop-hourly-20260115133000
           volume data-db-0: captured, file-system, 17 B
           warning RETENTION_TOO_SHORT: points of orders-db are kept for 3d, the policy gold promises 30d
             next: Let shop-hourly keep its points for 30d, or correct the policy gold.
           warning DATABASE_WITHOUT_HOOK: StatefulSet shop/db looks like a database (example/db:1) and is captured by velero without a hook
             next: Add the annotation pre.hook.backup.velero.io/command to the pods of db, with a command that flushes or freezes it.
      "
    `);
    expect(await text('status -n shop-ml --no-headers')).toMatchInlineSnapshot(`
      "shop   AtRisk   35m of 1h   in 55m   group:default/team-shop   recommender: No schedule covers recommender (shop-ml on west)
      "
    `);
    expect(await text('status -o wide')).toMatchInlineSnapshot(`
      "APPLICATION   VERDICT   DATA AGE    NEXT RUN   RTO      COMPONENTS   OWNER                     POLICY   POINT   REASON
      shop          AtRisk    35m of 1h   in 55m     <none>   3            group:default/team-shop   gold     p1      recommender: No schedule covers recommender (shop-ml on west)
      "
    `);
    expect((await fleet.run('status --check')).code).toBe(4);
  });

  it('status on a terminal keeps to its width', async () => {
    const { out } = await fleet.run('status', { columns: 80 });
    expect(plain(out)).toMatchInlineSnapshot(`
      "APPLICATION   VERDICT   DATA AGE    NEXT RUN   OWNER
      shop          AtRisk    35m of 1h   in 55m     group:default/team-shop

      1 application on 2 clusters: 1 AtRisk

      Next:
        shop   recommender: No schedule covers recommender (shop-ml on west)
               next: kubectl dr policy apply shop
        all about one: kubectl dr status shop
      "
    `);
    for (const line of ['status', 'status shop', 'get components', 'get points']) {
      const wide = plain((await fleet.run(line, { columns: 80 })).out).split('\n');
      expect(Math.max(...wide.filter((each) => !each.includes('kubectl ')).map((each) => each.length)), line).toBeLessThanOrEqual(80);
    }
  });

  it('get', async () => {
    expect(await text('get apps')).toMatchInlineSnapshot(`
      "APPLICATION   VERDICT   DATA AGE    NEXT RUN   OWNER                     REASON
      shop          AtRisk    35m of 1h   in 55m     group:default/team-shop   recommender: No schedule covers recommender (shop-ml on west)
      "
    `);
    expect(await text('get components')).toMatchInlineSnapshot(`
      "APPLICATION   COMPONENT     VERDICT   DATA AGE    NEXT RUN   VOLUMES   PLACEMENT      REASON
      shop          recommender   AtRisk    35m of 1h   <none>     0/0       west/shop-ml   No schedule covers recommender (shop-ml on west)
      shop          web           AtRisk    5m of 1h    in 55m     0/0       east/shop      points of web are kept for 3d, the policy gold promises 30d
      shop          orders-db     AtRisk    5m of 1h    in 55m     1/1       east/shop      points of orders-db are kept for 3d, the policy gold promises 30d
      "
    `);
    expect(await text('get backups')).toBe(await text('get points'));
    expect(await text('get points')).toMatchInlineSnapshot(`
      "CLUSTER   NAME                         STATUS      AGE   EXPIRES    LOCATION
      east      shop-hourly-20260115133000   Completed   5m    in 2d23h   default
      east      p1                           Completed   35m   in 29d     default
      west      p1                           Completed   35m   in 29d     default
      "
    `);
    expect(await text('get points -n shop-ml')).toMatchInlineSnapshot(`
      "CLUSTER   NAME   STATUS      AGE   EXPIRES   LOCATION
      west      p1     Completed   35m   in 29d    default
      "
    `);
    // The sets below them: `sets.test.ts`.
    expect(`${(await text('get points --application shop -o wide')).split('\n\n')[0]}\n`).toMatchInlineSnapshot(`
      "CLUSTER   NAME                         STATUS      AGE   EXPIRES    LOCATION   USABLE FOR   SCHEDULE      NAMESPACES   ENGINE   MESSAGE
      east      shop-hourly-20260115133000   Completed   5m    in 2d23h   default    2/2          shop-hourly   shop         velero   <none>
      east      p1                           Completed   35m   in 29d     default    2/2          <none>        shop         velero   <none>
      west      p1                           Completed   35m   in 29d     default    1/1          <none>        shop-ml      velero   <none>
      "
    `);
    expect(await text('get schedules')).toMatchInlineSnapshot(`
      "CLUSTER   NAME          SCHEDULE     PAUSED   LAST RUN   NEXT RUN   KEEPS   NAMESPACES
      east      shop-hourly   30 * * * *   false    5m         in 55m     3d      shop
      "
    `);
    expect(await text('get policies')).toMatchInlineSnapshot(`
      "NAME   RPO   RTO   SCHEDULE            KEEPS   OWNER                    APPLICATIONS
      gold   1h    2h    0 * * * * Etc/UTC   30d     group:default/platform   1
      "
    `);
    expect(await text('get locations')).toMatchInlineSnapshot(`
      "CLUSTER   NAME      PHASE       ACCESS      DEFAULT   TARGET    VALIDATED   MESSAGE
      east      default   Available   ReadWrite   true      backups   0s          <none>
      west      default   Available   ReadWrite   true      backups   0s          <none>
      "
    `);
    expect(await text('get clusters')).toMatchInlineSnapshot(`
      "NAME   REACHABLE   ENGINES       MESSAGE
      east   true        velero, csi   <none>
      west   true        velero, csi   <none>
      "
    `);
    expect(await text('get engines')).toMatchInlineSnapshot(`
      "NAME      TITLE                  INSTALLED ON   CAN
      velero    Velero                 east, west     backup, clone, inPlace, contents, configuration, crossCluster
      csi       CSI volume snapshots   east, west     backup, clone, inPlace, contents
      ramen     Ramen                  <none>         crossCluster
      stork     Stork (Portworx)       <none>         backup, clone, inPlace, contents, configuration, crossCluster
      volsync   VolSync                <none>         replication, crossCluster
      "
    `);
  });

  it('get one, by any word for its kind', async () => {
    expect(await text('get app shop --no-headers')).toMatch(/^shop /);
    expect(await text('get recoverypoint east/velero/velero/p1 -o name')).toBe('recoverypoint.kubectl-dr.dev/p1\n');
    expect(await text('get component shop/web -o name')).toBe('component.kubectl-dr.dev/web\n');
    expect(await fleet.run('get points p2')).toEqual({
      code: 1,
      out: '',
      err: 'error: there is no point "p2"\nnext: did you mean "p1"?\n',
    });
  });

  it('describe', async () => {
    expect(await text('describe app shop')).toMatchInlineSnapshot(`
      "shop  AtRisk
      data age 35m of 1h, next run in 55m, owner group:default/team-shop, policy gold

      |- recommender  AtRisk  35m of 1h  west/shop-ml  p1
      |    needs orders-db
      |    warning NO_SCHEDULE: No schedule covers recommender (shop-ml on west)
      |      next: kubectl dr policy apply shop
      |- web          AtRisk  5m of 1h   east/shop     shop-hourly-20260115133000
      |    needs orders-db
      |    warning RETENTION_TOO_SHORT: points of web are kept for 3d, the policy gold promises 30d
      |      seen: schedule: east/velero/velero/shop-hourly
      |      next: Let shop-hourly keep its points for 30d, or correct the policy gold.
      \`- orders-db    AtRisk  5m of 1h   east/shop     shop-hourly-20260115133000
           volume data-db-0: captured, file-system, 17 B
           warning RETENTION_TOO_SHORT: points of orders-db are kept for 3d, the policy gold promises 30d
             seen: schedule: east/velero/velero/shop-hourly
             next: Let shop-hourly keep its points for 30d, or correct the policy gold.
           warning DATABASE_WITHOUT_HOOK: StatefulSet shop/db looks like a database (example/db:1) and is captured by velero without a hook
             seen: StatefulSet shop/db
             seen: method: file-system
             next: Add the annotation pre.hook.backup.velero.io/command to the pods of db, with a command that flushes or freezes it.

      Points of the last 30 days, today at the right:
        recommender  .............................#  1
        web          .............................#  2
        orders-db    .............................#  2
                     # usable   . none

      Recovery points, newest first:
      CLUSTER   NAME                         STATUS      AGE   EXPIRES    LOCATION   USABLE FOR
      east      shop-hourly-20260115133000   Completed   5m    in 2d23h   default    2/2
      east      p1                           Completed   35m   in 29d     default    2/2
      west      p1                           Completed   35m   in 29d     default    1/1

      Next:
        kubectl dr backup shop
        kubectl dr plan restore shop
      "
    `);
    // A real server has objects of its own in every namespace.
    expect((await text('describe point shop-hourly-20260115133000')).replace(/(Items: +)\d+/, '$1<n>')).toMatchInlineSnapshot(`
      "Name:      shop-hourly-20260115133000
      Id:        east/velero/velero/shop-hourly-20260115133000
      Engine:    velero
      Status:    Completed (Succeeded)
      Captured:  2026-01-15T13:30:00Z, 5m old
      Expires:   2026-01-18T13:30:00Z, in 2d23h
      Items:     <n>
      Covers:    namespaces shop
      Location:  default
      Schedule:  shop-hourly

      Brings back:
        shop/web: yes
        shop/orders-db: yes

      Next:
        kubectl dr plan restore shop --to shop-hourly-20260115133000
      "
    `);
    expect(await text('describe component web')).toMatchInlineSnapshot(`
      "Application:  shop
      Component:    web
      Verdict:      AtRisk
      Data age:     5m of 1h
      Next run:     in 55m
      Volumes:      0/0
      Placement:    east/shop
      Owner:        group:default/team-shop
      Policy:       gold

      Reasons:
        warning RETENTION_TOO_SHORT: points of web are kept for 3d, the policy gold promises 30d
          seen: schedule: east/velero/velero/shop-hourly
          next: Let shop-hourly keep its points for 30d, or correct the policy gold.
      "
    `);
    expect(await text('describe schedule shop-hourly')).toMatchInlineSnapshot(`
      "Name:      shop-hourly
      Cluster:   east
      Engine:    velero
      Schedule:  30 * * * *
      Paused:    false
      Last run:  5m ago
      Next run:  in 55m
      Keeps:     3d
      Covers:    namespaces shop
      "
    `);
    expect((await text('describe cluster east')).replace(/(Identity: +).*/, '$1<uid>')).toMatchInlineSnapshot(`
      "Name:       east
      Identity:   <uid>
      Reachable:  yes
      Its clock:  2026-01-15T13:35:00.000Z
      Engine:     velero in velero
      Engine:     csi
      Engine:     ramen is not installed
      Engine:     stork is not installed
      Engine:     volsync is not installed
      "
    `);
    for (const line of ['describe policy gold', 'describe engine velero']) expect(await text(line), line).toContain('Name:');
    expect(await fleet.run('describe point p1')).toEqual({
      code: 1,
      out: '',
      err: 'error: "p1" names 2 points: east/velero/velero/p1, west/velero/velero/p1\nnext: kubectl dr describe point east/velero/velero/p1\n',
    });
  });

  it('explain', async () => {
    expect(await text('explain rpo-breached')).toMatchInlineSnapshot(`
      "RPO_BREACHED: The newest usable data is older than the objective

      The recovery point objective (RPO) is the most data, in time, that the owner accepts to lose.

      Next: Back up now, then find out why the schedule did not: kubectl dr backup APP
      "
    `);
    const listed = await text('explain');
    for (const code of Object.keys(reasonCodes)) {
      expect(listed).toContain(code);
      expect(await text(`explain ${code}`), code).toMatch(/^[A-Z0-9_]+: .+\n\n.+\n\nNext: .+\n$/);
    }
    expect(await text('explain at-risk')).toMatch(/^AtRisk: It is within/);
    expect(await text('explain d14')).toBe(
      'D14: The newest usable data is young enough.\n\nReasons: RPO_BREACHED, SCHEDULE_PAUSED, NO_USABLE_POINT\n',
    );
    expect((await fleet.run('explain rpoo')).err).toContain('next: kubectl dr explain RPO');
  });

  it('version', async () => {
    expect(await text('version')).toMatch(/^Client Version: v\d+\.\d+\.\d+\n$/);
    expect(JSON.parse(await text('version -o json'))).toMatchObject({ kind: 'Version', client: { node: process.version } });
  });
});

describe('data', () => {
  beforeAll(open);

  const schemas: [string, z.ZodType][] = [
    ['status', applicationListSchema],
    ['status shop', applicationSchema],
    ['get apps', applicationListSchema],
    ['get points', recoveryPointListSchema],
    ['get points --application shop', recoveryPointListSchema],
    ['get schedules', scheduleListSchema],
    ['get locations', storageLocationListSchema],
    ['get policies', policyListSchema],
    ['get clusters', clusterListSchema],
    ['get engines', engineListSchema],
    ['get operations', operationListSchema],
    ['describe app shop', applicationSchema],
    ['plan backup shop', planSchema],
    ['plan restore shop', planSchema],
  ];

  it.each(schemas)('%s -o json is what its schema says, and -o yaml reads back to the same', async (line, schema) => {
    const json: unknown = JSON.parse(await text(`${line} -o json`));
    expect(schema.safeParse(json).error).toBeUndefined();
    // A plan has an id and times of its own each time.
    if (!line.startsWith('plan')) expect(parse(await text(`${line} -o yaml`))).toEqual(json);
  });

  it('errors as data', async () => {
    const { code, out, err } = await fleet.run('status shpo --error-format=json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(err)).toEqual({
      code: 'UNKNOWN_APPLICATION',
      reason: 'NotFoundError',
      message: 'there is no application "shpo"',
      hint: 'did you mean "shop"?',
    });
  });
});

describe('acting', () => {
  beforeEach(open);

  it('plan says what would happen, and writes the same value to a file', async () => {
    const printed = await text('plan restore shop --component web --as copy --out plan.json');
    expect(masked(printed)).toMatchInlineSnapshot(`
      "Data loss:  nothing: a copy is made beside
      Plan:       Restore shop beside the original
      Into:       copy on east
      Point:      east/shop-hourly-20260115133000 of 2026-01-15T13:30:00Z (web)
      Estimate:   about 2m (no data has to be copied; about 2m to stop, start and check)
      Undo:       delete the copy: kubectl --context east delete namespace copy

      Preconditions: met, with 1 warning
        warning UNLABELLED_LEFT_OUT: the namespace shop holds more than what was chosen: only objects that carry the labels of the chosen components come back
          next: label Secrets and ConfigMaps of the component, or restore the whole application

      Changes in copy on east:
        create    Service web
                  spec.type: "NodePort" -> "ClusterIP" (a copy is not reachable from outside)
                  spec.externalTrafficPolicy: "Cluster" -> <absent> (belongs to the outside address)
                  spec.ports[0].nodePort: <port> -> <absent> (the original holds this port)
        create    ConfigMap web; Deployment web

      Steps, those of one number side by side:
        1. [east] Create the namespace copy
        2. [east] Let copy reach nothing outside itself
        3. [east] Restore web into copy
        4. [east] Wait until web in copy is ready

      Plan restore-shop-<id>, hash <hash>
      "
    `);
    const saved: unknown = JSON.parse(readFileSync(path.join(fleet.folder, 'plan.json'), 'utf8'));
    expect(planSchema.safeParse(saved).error).toBeUndefined();
    expect(await text('get operations').catch(() => 'none')).toBe('none');
  });

  it('backup makes a point of every component, on every cluster', async () => {
    const { code, out, err } = await fleet.run('backup shop');
    expect(code).toBe(0);
    expect(masked(out)).toMatchInlineSnapshot(`
      "operation backup-shop-<id> Succeeded: done
      "
    `);
    expect(masked(err)).toMatchInlineSnapshot(`
      "Running: [west] Back up the namespace shop-ml
      Running: [east] Back up the namespace shop
      Succeeded: [west] Back up the namespace shop-ml
      Succeeded: [east] Back up the namespace shop
      next: kubectl dr get points --application shop   (the new point)
      "
    `);
    // How long it took depends on who waits first while time passes for everybody.
    const lasting = (output: string): string =>
      output.replace(/AGE +(?:EXPIRES +)?/, '').replaceAll(/(Completed +|kubernetes-admin +)\S+ +(?:in \S+ +)?/g, '$1');
    // The sets below them: `sets.test.ts`.
    expect(lasting(`${(await text('get points --application shop')).split('\n\n')[0]}\n`)).toMatchInlineSnapshot(`
      "CLUSTER   NAME                          STATUS      LOCATION   USABLE FOR
      east      shop-shop-20260115133500      Completed   default    2/2
      west      shop-shop-ml-20260115133500   Completed   default    1/1
      east      shop-hourly-20260115133000    Completed   default    2/2
      east      p1                            Completed   default    2/2
      west      p1                            Completed   default    1/1
      "
    `);
    expect(lasting(masked(await text('get operations')))).toMatchInlineSnapshot(`
      "OPERATION           INTENT   APPLICATION   STATE       STEPS   BY                 UNDO ENDS
      backup-shop-<id>   Backup   shop          Succeeded   2/2     kubernetes-admin   <none>
      "
    `);
  });

  it('restore brings it back beside the original', async () => {
    const { code, out, err } = await fleet.run('restore shop --as copy -o json');
    expect(err).toContain('Restore shop beside the original');
    expect(code, err).toBe(0);
    const operation = operationSchema.parse(JSON.parse(out));
    expect(operation.status.state).toBe('Succeeded');
    expect(await fleet.east.names(types.deployments, 'copy')).toEqual(['web']);
    const described = await text(`describe operation ${operation.metadata.name}`);
    expect(described).toContain('Succeeded [east] Create the namespace copy');
    expect(await text(`wait ${operation.metadata.name}`)).toMatch(/^operation restore-shop-\w+ Succeeded/);
  });

  it('a plan alone changes nothing', async () => {
    expect((await fleet.run('backup shop --dry-run=client')).out).toContain('Backup shop');
    expect((await fleet.run('restore shop --dry-run=client --as copy')).out).toContain('Into:       copy on east');
    // Only what reading a point leaves: requests for its files and for a sign of life.
    const { items } = await fleet.east.stage.cluster.list(types.namespaces);
    expect(items.map(({ metadata }) => metadata.name)).not.toContain('copy');
  });
});

function plain(output: string): string {
  // oxlint-disable-next-line no-control-regex -- our own colours
  return output.replace(/\u001b\[\d+m/g, '');
}

/** Ids differ from run to run. */
function masked(output: string): string {
  return output
    .replace(/\b(backup|restore)-shop-[0-9a-f]{5,8}\b/g, '$1-shop-<id>')
    .replace(/hash [0-9a-f]{12}/g, 'hash <hash>')
    .replace(/nodePort: 3\d{4} /g, 'nodePort: <port> ');
}
