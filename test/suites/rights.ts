import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import type { Ran } from '../e2e/command-line.ts';
import { kubectlDr } from '../e2e/command-line.ts';
import { accessTypes } from './memory-cluster.ts';
import type { World, Worlds } from './world.ts';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const look = ['get', 'list', 'watch'];
const all = ['*'];
const group = 'rbac.authorization.k8s.io';

/** Rights by where they are for: everywhere, or in the namespace of the application. */
const people: Record<string, { everywhere?: Rule[]; own?: Rule[] }> = {
  nobody: {},
  // What a team has that was given a namespace.
  team: { own: [{ apiGroups: ['', 'apps', 'batch'], resources: all, verbs: all }] },
  viewer: { everywhere: [{ apiGroups: all, resources: all, verbs: look }] },
  // All of it, but for the lease of whoever works on the application.
  leaseless: {
    everywhere: [
      { apiGroups: all, resources: all, verbs: look },
      { apiGroups: ['', 'apps', 'batch', 'velero.io', 'snapshot.storage.k8s.io', 'networking.k8s.io'], resources: all, verbs: all },
    ],
  },
};

const reads = [
  'status',
  'status APP',
  'status APP --check',
  'wait APP --for=protected --timeout 3s',
  ...['apps', 'components', 'points', 'schedules', 'policies', 'locations', 'operations', 'clusters', 'engines'].map(
    (kind) => `get ${kind}`,
  ),
  ...['app APP', 'component APP/web', 'point POINT', 'location default', 'cluster east', 'operation RESTORE'].map(
    (one) => `describe ${one}`,
  ),
  'diff APP',
  'plan backup APP',
  'plan restore APP',
  'plan restore APP --mode inPlace',
  'logs RESTORE',
  'wait RESTORE',
  'doctor',
  'doctor APP',
  'report APP -o json',
  'policy render APP',
  'version',
  'explain NO_SCHEDULE',
];
const writes = [
  'backup APP',
  'restore APP',
  'restore APP --mode configOnly --yes',
  'restore APP --component orders-db --mode dataOnly --yes',
  'undo RESTORE --yes',
  'confirm RESTORE --yes',
  'cancel RESTORE',
  'resume RESTORE',
  'policy apply APP',
];

/** One command of kubectl that a hint tells to type. */
const command = /kubectl (?:-n (\S+) )?create (role|clusterrole) (\S+) --verb=(\S+) --resource=([^\s;]+(?<![,;]))/g;

/**
 * Who may do little is shown what they may see, and for the rest told who may not do what, and the smallest role that would
 * allow it: the same sentences on a server that we wrote and on one that we did not.
 */
export function describeRights(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`people with few rights on ${title}`, () => {
    let worlds: Worlds;
    let world: World;
    let point: string;
    let restore: string;
    const folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-rights-'));
    const made: { type: ResourceType; name: string; namespace?: string }[] = [];

    beforeAll(async () => {
      worlds = await openWorlds();
      world = await worlds.open();
      point = await world.capture();
      await world.change(types.configMaps, 'web', { data: { page: 'new' } });
      const { out, err } = await dr('restore APP --mode configOnly --yes');
      await world.change(types.configMaps, 'web', { data: { page: 'newer' } });
      restore = /operation (\S+) Succeeded/.exec(out)?.[1] ?? `failed: ${err}`;
      for (const [who, { everywhere, own }] of Object.entries(people)) {
        if (everywhere) await grant(who, who, undefined, everywhere);
        if (own) await grant(who, who, world.name, own);
      }
    }, 120_000);
    afterAll(async () => {
      for (const ref of made) await ifThere(world.cluster.delete(ref));
      await world?.close();
      await worlds?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function grant(who: string, name: string, namespace: string | undefined, rules: Rule[]): Promise<void> {
      const kind = namespace === undefined ? 'ClusterRole' : 'Role';
      const metadata = { name: `${world.name}-${name}`, ...(namespace !== undefined && { namespace }) };
      const roleRef = { apiGroup: group, kind, name: metadata.name };
      const role: KubeObject = { apiVersion: `${group}/v1`, kind, metadata, rules };
      const subjects = [{ apiGroup: group, kind: 'User', name: who }];
      await createAll(world.cluster, [role, { apiVersion: `${group}/v1`, kind: `${kind}Binding`, metadata, roleRef, subjects }]);
      for (const type of accessTypes) if (type.kind.replace('Binding', '') === kind) made.push({ type, ...metadata });
    }
    /** As somebody, or with every right. The namespace of a team is that of its context. */
    async function dr(line: string, who?: string): Promise<Ran> {
      const named = line.replaceAll('APP', world.name).replaceAll('POINT', point).replaceAll('RESTORE', restore);
      const cluster = who === undefined ? world.cluster : await world.ground.user!(who);
      const own = who === 'team' ? `-n ${world.name} ` : '';
      return kubectlDr(`${own}${named}`, { cwd: folder, clusters: [cluster], clock: world.ground.clock });
    }
    /** The same text for every world. */
    const masked = (text: string): string =>
      text
        .replaceAll(point, 'POINT')
        .replaceAll(restore, 'RESTORE')
        .replaceAll(world.name, 'shop')
        .replace(/\b(backup|restore)-shop-[0-9a-f]{5,8}\b/g, '$1-shop-ID')
        .replace(/^.*(?:error|warning|blocker|critical|info)(?: [A-Z_]+)?: /, '')
        .replace(/^shop +.*orders-db: /, '')
        // What is looked at becomes more with each engine that there is, and on a cluster that is shared another file may have one.
        .replace(/ and \d+ more/, ' and more')
        .replace(/, [a-z]+\.(?:stork\.libopenstorage\.org|ramendr\.openshift\.io|volsync\.backube)/g, '')
        // Columns are as wide as whatever else the cluster has.
        .replace(/ {2,}/g, '  ');
    /** How each line ends, those alike together; what is refused with the sentence that says so. */
    async function table(lines: readonly string[], who: string): Promise<string> {
      const ends = new Map<string, string[]>();
      for (const line of lines) {
        const { code, out, err } = await dr(line, who);
        const said = `${err}\n${out}`.split('\n');
        const refused = said.find((text) => / may not /.test(text));
        const end = `${code}${refused === undefined ? '' : ` ${masked(refused.trim())}`}`;
        ends.set(end, [...(ends.get(end) ?? []), line]);
        if (code === 6)
          expect(`${line}: ${err}${out}`).toMatch(/kubectl .*create (cluster)?role .* --verb=\S+ --resource=\S+, and bind (it|them) to /);
      }
      return [...ends].map(([end, alike]) => `${end}\n    ${alike.join('; ')}`).join('\n');
    }

    it('nobody is told of every command who they are, what they may not, and the role', async () => {
      expect(await table(reads, 'nobody')).toMatchInlineSnapshot(`
        "6 nobody may not list namespaces, deployments.apps, statefulsets.apps and more on east
            status; status APP; status APP --check; wait APP --for=protected --timeout 3s; get apps; get components; get policies; describe app APP; describe component APP/web; diff APP; plan backup APP; plan restore APP; plan restore APP --mode inPlace; doctor; doctor APP; report APP -o json; policy render APP
        6 nobody may not list backups.velero.io, volumesnapshots.snapshot.storage.k8s.io on east
            get points; describe point POINT
        6 nobody may not list backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and more on east
            get schedules; get locations; get clusters; get engines; describe location default; describe cluster east
        6 nobody may not list configmaps in the namespace kubectl-dr on east
            get operations; describe operation RESTORE
        6 nobody may not get configmaps in the namespace kubectl-dr on east
            logs RESTORE; wait RESTORE
        0
            version; explain NO_SCHEDULE"
      `);
      expect(await table(writes, 'nobody')).toMatchInlineSnapshot(`
        "6 nobody may not list namespaces, deployments.apps, statefulsets.apps and more on east
            backup APP; restore APP; restore APP --mode configOnly --yes; restore APP --component orders-db --mode dataOnly --yes; policy apply APP
        6 nobody may not get configmaps in the namespace kubectl-dr on east
            undo RESTORE --yes; confirm RESTORE --yes; cancel RESTORE; resume RESTORE"
      `);
    }, 120_000);

    it('a team with its own namespace is shown that, and told what else there would be', async () => {
      expect(await table(reads, 'team')).toMatchInlineSnapshot(`
        "0 backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and more on east could not be read, so nobody can tell how safe orders-db is: team may not list backups.velero.io in the whole cluster on east
            status; status APP; get apps; describe app APP
        4 backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and more on east could not be read, so nobody can tell how safe orders-db is: team may not list backups.velero.io in the whole cluster on east
            status APP --check
        5
            wait APP --for=protected --timeout 3s
        0 shop  orders-db  Unknown  <none>  <none>  0/1  east/shop  backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and more on east could not be read, so nobody can tell how safe orders-db is: team may not list backups.velero.io in the whole cluster on east
            get components
        6 team may not list backups.velero.io, volumesnapshots.snapshot.storage.k8s.io on east
            get points; describe point POINT
        6 team may not list backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and more on east
            get schedules; get locations; get clusters; get engines; describe location default; describe cluster east
        0
            get policies; plan backup APP; policy render APP; version; explain NO_SCHEDULE
        6 team may not list configmaps in the namespace kubectl-dr on east
            get operations; describe operation RESTORE
        0 backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and more on east could not be read, so nobody can tell how safe web is: team may not list backups.velero.io in the whole cluster on east
            describe component APP/web
        6 team may not list backups.velero.io in the whole cluster on east, so no point of shop is known
            diff APP; plan restore APP; plan restore APP --mode inPlace
        6 team may not get configmaps in the namespace kubectl-dr on east
            logs RESTORE; wait RESTORE
        0 shop/orders-db: backups.velero.io, schedules.velero.io, backupstoragelocations.velero.io and more on east could not be read, so nobody can tell how safe orders-db is: team may not list backups.velero.io in the whole cluster on east
            doctor
        0 team may not list backups.velero.io in the whole cluster on east, so no point of shop is known
            doctor APP
        0 restores that were done are left out: team may not list configmaps in the namespace kubectl-dr on east
            report APP -o json"
      `);
      expect(await table(writes, 'team')).toMatchInlineSnapshot(`
        "6 team may not create leases.coordination.k8s.io in the namespace kubectl-dr on east
            backup APP
        6 team may not list backups.velero.io in the whole cluster on east, so no point of shop is known
            restore APP; restore APP --mode configOnly --yes; restore APP --component orders-db --mode dataOnly --yes
        6 team may not get configmaps in the namespace kubectl-dr on east
            undo RESTORE --yes; confirm RESTORE --yes; cancel RESTORE; resume RESTORE
        0
            policy apply APP"
      `);
    }, 120_000);

    it('who may only read reads everything but what is asked of Velero by a request, and changes nothing', async () => {
      expect(await table(reads, 'viewer')).toMatchInlineSnapshot(`
        "0 What POINT holds of orders-db is not known: viewer may not create downloadrequests.velero.io in the namespace velero on east
            status; status APP; get apps; describe app APP; doctor APP
        4 What POINT holds of orders-db is not known: viewer may not create downloadrequests.velero.io in the namespace velero on east
            status APP --check
        5
            wait APP --for=protected --timeout 3s
        0 shop  orders-db  Unknown  <none>  <none>  0/1  east/shop  What POINT holds of orders-db is not known: viewer may not create downloadrequests.velero.io in the namespace velero on east
            get components
        0
            get points; get schedules; get policies; get locations; get operations; get clusters; get engines; describe component APP/web; describe location default; describe cluster east; describe operation RESTORE; plan backup APP; logs RESTORE; wait RESTORE; policy render APP; version; explain NO_SCHEDULE
        0 viewer may not create downloadrequests.velero.io in the namespace velero on east
            describe point POINT
        6 viewer may not create downloadrequests.velero.io in the namespace velero on east
            diff APP; plan restore APP; plan restore APP --mode inPlace
        0 shop/orders-db: What POINT holds of orders-db is not known: viewer may not create downloadrequests.velero.io in the namespace velero on east
            doctor
        0 "message": "What POINT holds of orders-db is not known: viewer may not create downloadrequests.velero.io in the namespace velero on east",
            report APP -o json"
      `);
      expect(await table(writes, 'viewer')).toMatchInlineSnapshot(`
        "6 viewer may not create leases.coordination.k8s.io in the namespace kubectl-dr on east
            backup APP; undo RESTORE --yes; confirm RESTORE --yes
        6 viewer may not create downloadrequests.velero.io in the namespace velero on east
            restore APP; restore APP --mode configOnly --yes
        6 orders-db: there is no usable point of orders-db on east: viewer may not create downloadrequests.velero.io in the namespace velero on east
            restore APP --component orders-db --mode dataOnly --yes
        1
            cancel RESTORE; resume RESTORE
        0
            policy apply APP"
      `);
    }, 120_000);

    it('without the right to the lease everything is read and planned, and nothing begun', async () => {
      expect(await table(reads, 'leaseless')).toMatchInlineSnapshot(`
        "0
            status; status APP; get apps; get components; get points; get schedules; get policies; get locations; get operations; get clusters; get engines; describe app APP; describe component APP/web; describe point POINT; describe location default; describe cluster east; describe operation RESTORE; plan backup APP; plan restore APP; plan restore APP --mode inPlace; logs RESTORE; wait RESTORE; doctor; doctor APP; report APP -o json; policy render APP; version; explain NO_SCHEDULE
        4
            status APP --check
        5
            wait APP --for=protected --timeout 3s
        1
            diff APP"
      `);
      expect(await table(writes, 'leaseless')).toMatchInlineSnapshot(`
        "6 leaseless may not create leases.coordination.k8s.io in the namespace kubectl-dr on east
            backup APP; restore APP; restore APP --mode configOnly --yes; restore APP --component orders-db --mode dataOnly --yes; undo RESTORE --yes; confirm RESTORE --yes
        1
            cancel RESTORE; resume RESTORE
        0
            policy apply APP"
      `);
      const { out } = await dr('get operations --application APP -o name');
      expect(out.split('\n').filter(Boolean)).toEqual([`operation.kubectl-dr.dev/${restore}`]);
    }, 120_000);

    /** What is typed by somebody who may, for somebody who asks again after each. */
    async function granted(line: string, who: string): Promise<string> {
      const typed: string[] = [];
      for (let turn = 0; turn < 40; turn += 1) {
        const { code, out, err } = await dr(line, who);
        const hints = [...`${err}\n${out}`.matchAll(command)];
        if (hints.length === 0) return [...typed, `${code}`].join('\n');
        for (const [index, [, namespace, , name, verbs, resources]] of hints.entries()) {
          typed.push(
            `${namespace === undefined ? '' : `${masked(namespace)}: `}${verbs} ${resources!.split(',').length > 8 ? 'what is looked at' : resources}`,
          );
          const rules = resources!.split(',').map((resource) => {
            const [plain, ...of] = resource.split('.');
            return { apiGroups: [of.join('.')], resources: [plain!], verbs: verbs!.split(',') };
          });
          await grant(who, `${name}-${who}-${turn}-${index}`, namespace, rules);
        }
        // Nobody asks again within the same millisecond: that would be the same restore.
        await world.ground.pass(1_000);
      }
      throw new Error(`${line} is still refused after ${typed.join('\n')}`);
    }

    it('whoever follows the hints gets there, and is given no more', async () => {
      expect(await granted('status APP', 'reader')).toMatchInlineSnapshot(`
        "list what is looked at
        velero: get backups.velero.io
        velero: get backupstoragelocations.velero.io
        velero: create downloadrequests.velero.io
        velero: get downloadrequests.velero.io
        0"
      `);
      expect(await granted('diff APP --to POINT', 'comparer')).toMatchInlineSnapshot(`
        "list what is looked at
        velero: get backups.velero.io
        velero: get backupstoragelocations.velero.io
        velero: create downloadrequests.velero.io
        velero: get downloadrequests.velero.io
        shop: list configmaps,secrets
        1"
      `);
      expect(await granted('backup APP --component web', 'keeper')).toMatchInlineSnapshot(`
        "list what is looked at
        kubectl-dr: get,create,update leases.coordination.k8s.io,configmaps
        velero: create backups.velero.io
        velero: get backups.velero.io
        0"
      `);
      await world.change(types.configMaps, 'web', { data: { page: 'newest' } });
      expect(await granted('restore APP --to POINT --mode configOnly --yes', 'restorer')).toMatchInlineSnapshot(`
        "list what is looked at
        velero: get backups.velero.io
        velero: get backupstoragelocations.velero.io
        velero: create downloadrequests.velero.io
        velero: get downloadrequests.velero.io
        shop: list configmaps,secrets
        shop: create,patch configmaps,secrets,services,deployments.apps,statefulsets.apps
        kubectl-dr: get,create,update leases.coordination.k8s.io,configmaps
        velero: create backups.velero.io
        shop: get configmaps
        0"
      `);
      expect((await world.get(types.configMaps, 'web')).data).toEqual({ page: 'hello' });
    }, 240_000);
  });
}
