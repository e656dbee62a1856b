import { readFileSync } from 'node:fs';
import path from 'node:path';
import { doctorReportSchema } from '@kubectl-dr/core/wire/doctor';
import { reportSchema } from '@kubectl-dr/core/wire/report';
import { TestFleet } from './fleet.ts';

/** `doctor` against two clusters with a Velero, the text as a person sees it in a pipe. */
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.scheduleHourly('90m');
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
          fix:  kubectl dr policy apply shop

      Worth knowing (1)
        ONE_COPY  BP-01 D24
          why:  One deleted bucket, one leaked credential or one region is enough to lose every copy.
          shop/orders-db: every usable point of orders-db lies in default
          seen: points: 2; location: default
          fix:  Let a second schedule write to another location, in another account or region.

      1 critical, 5 warnings, 1 note; of 69 checks 36 found nothing, 11 something, 22 not answered (some need a plan: kubectl dr doctor APP)
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
          fix:  kubectl dr policy apply shop

      Worth knowing (1)
        ONE_COPY  BP-01 D24
          why:  One deleted bucket, one leaked credential or one region is enough to lose every copy.
          every usable point of orders-db lies in default
          seen: points: 2; location: default
          fix:  Let a second schedule write to another location, in another account or region.

      Nothing found (58)
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
        BP-45  Devices and runtimes that workloads ask for exist
        BP-47  The version of Kubernetes fits the point
        BP-48  Hosts, ports and addresses are free
        BP-49  Configuration names no namespace
        BP-50  Continuous copies succeed, and hold something
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

      1 critical, 5 warnings, 1 note; of 69 checks 58 found nothing, 11 something
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

  it('shows who may look into one namespace only what is there, and the role for the rest', async () => {
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
    await fleet.east.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace: 'shop' },
      rules: [{ apiGroups: ['', 'apps', 'batch'], resources: ['*'], verbs: ['get', 'list'] }],
    } as never);
    await fleet.east.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader', namespace: 'shop' },
      roleRef: role,
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dev' }],
    } as never);
    const clusters = [fleet.east.reach('dev')];
    const { code, out } = await fleet.run('doctor -n shop', { clusters });
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Critical (3)
        READING_FORBIDDEN
          why:  Backups or workloads are hidden from you, so their state is unknown, not good.
          shop/orders-db: backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and 5 more on east could not be read, so nobody can tell how safe orders-db is: dev may not list backups.velero.io in the whole cluster on east
          seen: backups.velero.io: FORBIDDEN; schedules.velero.io: FORBIDDEN; backupstoragelocations.velero.io: FORBIDDEN; podvolumebackups.velero.io: FORBIDDEN
          fix:  somebody who may can grant it: kubectl create clusterrole kubectl-dr-backups --verb=list --resource=backups.velero.io, and bind it to dev
          shop/web: backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and 5 more on east could not be read, so nobody can tell how safe web is: dev may not list backups.velero.io in the whole cluster on east
          seen: backups.velero.io: FORBIDDEN; schedules.velero.io: FORBIDDEN; backupstoragelocations.velero.io: FORBIDDEN; podvolumebackups.velero.io: FORBIDDEN
          fix:  somebody who may can grant it: kubectl create clusterrole kubectl-dr-backups --verb=list --resource=backups.velero.io, and bind it to dev

        UNKNOWN_CLUSTER
          why:  A cluster that is not looked at cannot be judged.
          shop/recommender: recommender is placed on the cluster west, which is not one of east
          fix:  Add the cluster: --contexts east,west

      Not looked at (2)
        of east only shop was looked at: dev may not list what runs elsewhere
          fix:  For more, ask an administrator of east to apply the role below.
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: { name: kubectl-dr-applications }
            rules:
            - apiGroups: [""]
              resources: [namespaces, persistentvolumeclaims, pods]
              verbs: [list]
            - apiGroups: ["apps"]
              resources: [daemonsets, deployments, statefulsets]
              verbs: [list]
            - apiGroups: ["batch"]
              resources: [cronjobs, jobs]
              verbs: [list]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: { name: kubectl-dr-applications }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubectl-dr-applications }
            subjects:
            - apiGroup: rbac.authorization.k8s.io
              kind: User
              name: "dev"
        dev may not list backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and 8 more on east
          fix:  Ask an administrator of east to apply the role below.
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: { name: kubectl-dr-reader }
            rules:
            - apiGroups: [""]
              resources: [persistentvolumes]
              verbs: [list]
            - apiGroups: ["snapshot.storage.k8s.io"]
              resources: [volumesnapshotclasses, volumesnapshotcontents, volumesnapshots]
              verbs: [list]
            - apiGroups: ["velero.io"]
              resources: [backuprepositories, backups, backupstoragelocations, datauploads, deletebackuprequests, podvolumebackups, schedules]
              verbs: [list]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: { name: kubectl-dr-reader }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubectl-dr-reader }
            subjects:
            - apiGroup: rbac.authorization.k8s.io
              kind: User
              name: "dev"

      3 critical; of 69 checks 10 found nothing, 0 something, 59 not answered (some need a plan: kubectl dr doctor APP)
      "
    `);
    const report = doctorReportSchema.parse(JSON.parse((await fleet.run('doctor -n shop -o json', { clusters })).out));
    expect(report.status.unseen).toMatchObject([
      { cluster: 'east', identity: 'dev', message: 'of east only shop was looked at: dev may not list what runs elsewhere' },
      { cluster: 'east', identity: 'dev', types: expect.arrayContaining(['backups.velero.io']) as string[] },
    ]);
    // Another namespace is not known to exist, and so not said to be missing.
    expect((await fleet.run('status', { clusters })).out).not.toContain('does not exist');
    expect((await fleet.run('doctor', { clusters })).code).toBe(6);
  });

  it('refuses an application that is not there', async () => {
    expect(await fleet.run('doctor shpo')).toEqual({
      code: 1,
      out: '',
      err: 'error: there is no application "shpo"\nnext: did you mean "shop"?\n',
    });
  });
});

describe('report', () => {
  it('is one page, or data', async () => {
    const { code, err } = await fleet.run('report shop --out report.html');
    expect({ code, err }).toEqual({ code: 0, err: `report written: ${path.join(fleet.folder, 'report.html')}\n` });
    const page = readFileSync(path.join(fleet.folder, 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    for (const words of ['orders-db', 'NO_SCHEDULE', 'As of', 'BP-01', 'shop-hourly-20260115133000']) expect(page).toContain(words);
    const data = await fleet.run('report -o json');
    expect({ code: data.code, err: data.err }).toEqual({ code: 0, err: '' });
    const report = reportSchema.parse(JSON.parse(data.out));
    expect(
      report.status.timelines.find(({ component }) => component === 'orders-db')?.points.map(({ name, usable }) => [name, usable]),
    ).toEqual([
      ['shop-hourly-20260115133000', 'yes'],
      ['p1', 'yes'],
    ]);
    expect(await fleet.run('report --out nowhere/report.html')).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot write') as string,
    });
    expect((await fleet.run('report --since soon')).code).toBe(1);
  });
});
