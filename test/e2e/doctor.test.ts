import { doctorReportSchema } from '@kubectl-dr/core/wire/doctor';
import { TestFleet } from './fleet.ts';

/** `doctor` against two clusters with a Velero, the text as a person sees it in a pipe. */
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.east.create({
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: 'shop-hourly', namespace: 'velero' },
    spec: { schedule: '30 * * * *', template: { includedNamespaces: ['shop'], ttl: '90m', defaultVolumesToFsBackup: true } },
  });
  await fleet.advance(35);
});
afterAll(() => fleet.close());

describe('doctor', () => {
  it('tells the fleet what will hurt, why, and what to do', async () => {
    const { code, out, err } = await fleet.run('doctor');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchInlineSnapshot(`
      "Critical (1)
        LOCATION_SHARED  BP-05 D4 D5
          why:  Each sees the points of the other, deletes them when they expire, and may mix up its repository.
          east and west both write to backups: each deletes what it takes for its own
          seen: location: east/velero/velero/default; location: west/velero/velero/default
          fix:  Give each a prefix of its own, and the standby a second location with accessMode ReadOnly to restore from.

      Warnings (5)
        KEPT_TOO_BRIEFLY  D17
          why:  When one run fails, the last good point expires before the next one is made.
          shop: shop-hourly keeps points for 1h30m and makes one every 1h: one run that fails leaves none
          seen: schedule: east/velero/velero/shop-hourly
          fix:  Let shop-hourly keep its points for at least 2h.

        DATABASE_WITHOUT_HOOK  BP-20 D20
          why:  A copy of files in motion may not start again; a hook flushes or freezes first.
          shop/orders-db: StatefulSet shop/db looks like a database (example/db:1) and is captured by velero without a hook
          seen: StatefulSet shop/db; method: file-system
          fix:  Add the annotation pre.hook.backup.velero.io/command to the pods of db, with a command that flushes or freezes it.

        RETENTION_TOO_SHORT  BP-17
          why:  Damage that is noticed late can only be undone with a point from before it.
          shop/orders-db: points of orders-db are kept for 1h30m, the policy gold promises 30d
          seen: schedule: east/velero/velero/shop-hourly
          fix:  Let shop-hourly keep its points for 30d, or correct the policy gold.
          shop/web: points of web are kept for 1h30m, the policy gold promises 30d
          seen: schedule: east/velero/velero/shop-hourly
          fix:  Let shop-hourly keep its points for 30d, or correct the policy gold.

        NO_SCHEDULE  BP-62 D13
          why:  Points are only made by hand, so their age grows until somebody remembers.
          shop/recommender: No schedule covers recommender (shop-ml on west)
          fix:  Create a schedule for the namespace that keeps the policy gold: kubectl dr describe policy gold

      Worth knowing (1)
        ONE_COPY  BP-01 D24
          why:  One deleted bucket, one leaked credential or one region is enough to lose every copy.
          shop/orders-db: every usable point of orders-db lies in default
          seen: points: 2; location: default
          fix:  Let a second schedule write to another location, in another account or region.

      1 critical, 5 warnings, 1 note; of 68 checks 35 found nothing, 11 something, 22 not answered (some need a plan: kubectl dr doctor APP)
      "
    `);
  });

  it('plans for one application, and lists what is well', async () => {
    const { code, out } = await fleet.run('doctor shop --all');
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Critical (1)
        LOCATION_SHARED  BP-05 D4 D5
          why:  Each sees the points of the other, deletes them when they expire, and may mix up its repository.
          east and west both write to backups: each deletes what it takes for its own
          seen: location: east/velero/velero/default; location: west/velero/velero/default
          fix:  Give each a prefix of its own, and the standby a second location with accessMode ReadOnly to restore from.

      Warnings (5)
        KEPT_TOO_BRIEFLY  D17
          why:  When one run fails, the last good point expires before the next one is made.
          shop-hourly keeps points for 1h30m and makes one every 1h: one run that fails leaves none
          seen: schedule: east/velero/velero/shop-hourly
          fix:  Let shop-hourly keep its points for at least 2h.

        DATABASE_WITHOUT_HOOK  BP-20 D20
          why:  A copy of files in motion may not start again; a hook flushes or freezes first.
          orders-db: StatefulSet shop/db looks like a database (example/db:1) and is captured by velero without a hook
          seen: StatefulSet shop/db; method: file-system
          fix:  Add the annotation pre.hook.backup.velero.io/command to the pods of db, with a command that flushes or freezes it.

        RETENTION_TOO_SHORT  BP-17
          why:  Damage that is noticed late can only be undone with a point from before it.
          points of orders-db are kept for 1h30m, the policy gold promises 30d
          seen: schedule: east/velero/velero/shop-hourly
          fix:  Let shop-hourly keep its points for 30d, or correct the policy gold.
          points of web are kept for 1h30m, the policy gold promises 30d
          seen: schedule: east/velero/velero/shop-hourly
          fix:  Let shop-hourly keep its points for 30d, or correct the policy gold.

        NO_SCHEDULE  BP-62 D13
          why:  Points are only made by hand, so their age grows until somebody remembers.
          No schedule covers recommender (shop-ml on west)
          fix:  Create a schedule for the namespace that keeps the policy gold: kubectl dr describe policy gold

      Worth knowing (1)
        ONE_COPY  BP-01 D24
          why:  One deleted bucket, one leaked credential or one region is enough to lose every copy.
          every usable point of orders-db lies in default
          seen: points: 2; location: default
          fix:  Let a second schedule write to another location, in another account or region.

      Nothing found (57)
        BP-02  Snapshots are not the only copy
        BP-06  Storage locations answer, and were looked at lately
        BP-07  Snapshots survive their namespace
        BP-10  The newest usable data is younger than the objective
        BP-11  A policy applies that its schedule can keep
        BP-12  Restoring was tried lately, and was fast enough
        BP-13  Nothing that protects is paused
        BP-14  Nothing hangs, and schedules run when they are due
        BP-15  What says Completed holds data
        BP-16  Points do not shrink
        BP-21  Volumes that belong together are captured together
        BP-22  A hook that fails fails the backup, and has its time
        BP-23  Whatever freezes also thaws
        BP-24  Operators back up their own databases
        BP-30  Every kind in the point is served
        BP-31  No admission webhook depends on what is restored
        BP-33  Classes that the application needs exist
        BP-34  Images have a fixed version
        BP-38  Cron jobs do not start twice
        BP-40  Storage drivers fit the snapshots
        BP-41  Snapshots can be taken of every volume
        BP-43  Quotas leave room
        BP-44  There are nodes for every workload
        BP-45  Devices that workloads ask for exist
        BP-47  The version of Kubernetes fits the point
        BP-48  Hosts, ports and addresses are free
        BP-49  Configuration names no namespace
        BP-60  GitOps and restores do not fight
        BP-63  Autoscalers do not fight a restore
        BP-70  Everything has an owner who may act
        BP-75  The newest run is judged, not old failures
        D1     The engine answers
        D2     One location is the default, and all are validated
        D3     No schedule writes to a read-only location
        D6     The node agent runs on every node
        D11    Repositories are ready and maintained
        D12    What should be gone is gone
        D14    The newest usable data is young enough
        D15    Runs do not keep succeeding only in part
        D16    The last good point outlives the next run
        D18    Schedules name a time zone and are spread
        D19    Every volume can be captured, and is
        D22    Volumes of one pod carry one group label
        D23    Copies leave the storage that they protect
        D25    One snapshot class of each driver is marked
        D26    Storage drivers are the same on both sides
        D27    Volumes of sets go with their claims
        D28    Backups outlive their schedule
        D29    The last rehearsal is young enough
        D30    The target serves what the point holds
        D31    Webhooks do not depend on what is restored
        D32    Nobody else owns the objects
        D33    Node ports and addresses are free
        D34    Data movers do not wait for pods for ever
        D36    The engine's server does not restart
        D37    Backups do not wait for each other
        D39    No label keeps objects out of backups

      1 critical, 5 warnings, 1 note; of 68 checks 57 found nothing, 11 something
      "
    `);
  });

  it('is data for scripts', async () => {
    const { code, out, err } = await fleet.run('doctor -o json --check');
    expect({ code, err }).toEqual({ code: 4, err: '' });
    const report = doctorReportSchema.parse(JSON.parse(out));
    expect(report.status.findings.find((finding) => finding.code === 'KEPT_TOO_BRIEFLY')).toMatchObject({
      application: 'shop',
      checks: ['D17'],
      evidence: ['schedule: east/velero/velero/shop-hourly'],
      fix: 'Let shop-hourly keep its points for at least 2h.',
      why: expect.stringContaining('one run fails') as string,
    });
    expect(report.status.checks.length).toBeGreaterThanOrEqual(60);
    expect(Object.values(report.status.counts).reduce((a, b) => a + b)).toBe(report.status.findings.length);
  });

  it('refuses an application that is not there', async () => {
    expect(await fleet.run('doctor shpo')).toEqual({
      code: 1,
      out: '',
      err: 'error: there is no application "shpo"\nnext: did you mean "shop"?\n',
    });
  });
});
