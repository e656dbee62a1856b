import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { applicationListSchema, applicationSchema } from '@kubectl-dr/core/wire/application';
import { diffSchema, operationListSchema, operationSchema, planSchema } from '@kubectl-dr/core/wire/plan';
import {
  clusterListSchema,
  engineListSchema,
  recoveryPointListSchema,
  replicationListSchema,
  restoreListSchema,
  scheduleListSchema,
  storageLocationListSchema,
} from '@kubectl-dr/core/wire/protection';
import { parse } from 'yaml';
import { InterruptedError } from '../../kubectl-plugin/src/interrupted.ts';
import type { Ran, Surroundings } from '../e2e/command-line.ts';
import { kubectlDr } from '../e2e/command-line.ts';
import type { World, Worlds } from './world.ts';
import { orders } from './world.ts';

const corrupt = { 'orders.csv': '%%%' };
const never = 600_000;

/** Every command of the command line on an application with a point of twelve minutes ago: what it prints, does, and ends with. */
export function describeCommandLine(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`the command line on ${title}`, () => {
    let worlds: Worlds;
    let world: World;
    let point: string;
    const folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-cli-'));
    beforeAll(async () => {
      worlds = await openWorlds();
    });
    afterAll(async () => {
      await worlds?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function open(): Promise<void> {
      world = await worlds.open();
      point = await world.capture(world.ground.nodeAgent ? { defaultVolumesToFsBackup: true, snapshotVolumes: false } : {});
    }
    const dr = (line: string, options: Partial<Surroundings> = {}): Promise<Ran> => {
      const named = line.replaceAll('APP', world.name).replaceAll('POINT', point);
      return kubectlDr(named, { cwd: folder, clusters: [world.cluster], clock: world.ground.clock, ...options });
    };
    const done = async (line: string, options: Partial<Surroundings> = {}): Promise<string> => {
      const { code, out, err } = await dr(line, options);
      expect(code, `${line}: ${out}${err}`).toBe(0);
      return out;
    };
    /** The same text for every world. */
    const masked = (text: string): string =>
      text
        .replaceAll(point, 'POINT')
        .replaceAll(world.name, 'shop')
        .replace(/\b(backup|restore)-shop-[0-9a-f]{5,8}\b/g, '$1-shop-ID')
        .replace(/hash [0-9a-f]{12}/g, 'hash HASH')
        .replace(/pvc-[0-9a-f-]{36}/g, 'pvc-UID')
        .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME');
    /** Of the operation of this world that is going on. */
    const runningId = async (): Promise<string> => {
      let id: string | undefined;
      const look = async (): Promise<boolean> => {
        const { items } = operationListSchema.parse(JSON.parse(await done('get operations -o json')));
        id = items.find(({ spec, status }) => spec.application === world.name && status.state === 'Running')?.metadata.name;
        return id !== undefined;
      };
      await eventually(look, `an operation of ${world.name} runs`, 60_000);
      return id!;
    };
    const idOf = (text: string): string => /\b(backup|restore)-\w+-[0-9a-f]+\b/.exec(text)![0];

    describe('looking', () => {
      beforeAll(open);
      afterAll(() => world?.close());

      it('status says how safe it is, why, and what next', async () => {
        const { code, out, err } = await dr('status APP');
        expect({ code, err }).toEqual({ code: 0, err: '' });
        expect(masked(out)).toMatch(/^shop {2}AtRisk\n/);
        expect(masked(out)).toMatch(/orders-db {2}AtRisk .*east\/shop {2}POINT\n/);
        expect(out).toMatch(/volume data-orders-db-0: captured, (file-system|csi-snapshot)/);
        expect(out).toMatch(/warning NO_SCHEDULE: .*\n.*next: /);
        expect((await dr('status APP --check')).code).toBe(4);
      });

      it('what is got is the same as table, names, JSON and YAML', async () => {
        for (const [line, schema] of [
          ['get apps', applicationListSchema],
          ['get points --application APP', recoveryPointListSchema],
          ['get schedules', scheduleListSchema],
          ['get locations', storageLocationListSchema],
          ['get engines', engineListSchema],
          ['get clusters', clusterListSchema],
          ['get operations', operationListSchema],
          ['get restores', restoreListSchema],
          ['get replications', replicationListSchema],
        ] as const) {
          const data: unknown = JSON.parse(await done(`${line} -o json`));
          const { items } = schema.parse(data);
          expect(JSON.stringify(parse(await done(`${line} -o yaml`)))).toHaveLength(JSON.stringify(data).length);
          const names = (await done(`${line} -o name`)).split('\n').filter(Boolean);
          expect(names).toHaveLength(items.length);
          const table = await dr(line);
          expect(table.out.split('\n').filter(Boolean)).toHaveLength(items.length === 0 ? 0 : items.length + 1);
        }
      });

      it('describe tells all about an application, a point, a location and a cluster', async () => {
        expect(applicationSchema.parse(JSON.parse(await done('describe app APP -o json'))).metadata.name).toBe(world.name);
        expect(await done('describe point POINT')).toContain(point);
        expect(await done('describe location default')).toContain('default');
        expect(await done('describe cluster east')).toContain('velero');
      });

      it('version, explain and help need nothing of it', async () => {
        expect(await done('version')).toContain('Client Version: v');
        expect(await done('explain NO_SCHEDULE')).toContain('NO_SCHEDULE');
        expect(await done('restore --help')).toContain('kubectl dr restore');
      });

      it('names the nearest when there is none of that name', async () => {
        const { code, out, err } = await dr('status APPx');
        expect({ code, out }).toEqual({ code: 1, out: '' });
        expect(masked(err)).toMatch(/there is no application "shopx"\n.*did you mean "shop"/);
      });

      it('tells a user without rights who may not do what, and the smallest Role that would allow it', async ({ skip }) => {
        if (!world.ground.user) return skip('everybody may everything in memory');
        const guest: ClusterClient = await world.ground.user('guest');
        const { code, err } = await dr('get operations', { clusters: [guest] });
        expect(code).toBe(6);
        expect(err).toMatch(/^error: guest may not list configmaps in the namespace kubectl-dr on east\nnext: .*create role .*--verb=list/);
      });
    });

    describe('acting', () => {
      beforeEach(open);
      afterEach(() => world?.close());

      it('backup makes a point; get, logs and wait tell of it', async () => {
        const ran = await dr('backup APP');
        expect(ran.code, ran.err).toBe(0);
        expect(masked(ran.out)).toBe('operation backup-shop-ID Succeeded: done\n');
        const points = recoveryPointListSchema.parse(JSON.parse(await done('get points --application APP -o json')));
        expect(points.items).toHaveLength(2);
        const id = idOf(ran.out);
        expect(masked(await done(`logs ${id}`))).toMatch(/^TIME {2}requested by .*\n[\s\S]*TIME {2}Succeeded: /);
        expect(masked(await done(`wait ${id}`))).toContain('operation backup-shop-ID Succeeded');
        expect((await dr('wait APP --for=protected --timeout 50ms')).code).toBe(5);
      });

      it('a copy beside is planned, shown, made by the saved plan, and refused the second time', async () => {
        const shown = await done('plan restore APP --as APP-copy --out copy.json');
        expect(masked(shown)).toMatch(
          /^Data loss: {2}nothing: a copy is made beside\nPlan: +Restore shop beside the original\nInto: +shop-copy on east\n/,
        );
        planSchema.parse(JSON.parse(readFileSync(path.join(folder, 'copy.json'), 'utf8')));
        const copy = { type: types.namespaces, name: `${world.name}-copy` };
        expect(await exists(world.cluster, copy)).toBe(false);
        operationSchema.parse(JSON.parse(await done('apply -f copy.json -o json')));
        const claim = { type: types.persistentVolumeClaims, namespace: copy.name, name: 'data-orders-db-0' };
        const { volumeName } = (await world.cluster.get(claim)).spec as { volumeName: string };
        expect(await world.ground.read(volumeName)).toEqual(orders);
        const again = await dr('restore APP --as APP-copy');
        expect(again.code).toBe(6);
        expect(again.err).toContain('blocker TARGET_EXISTS');
        await world.cluster.delete(copy);
      });

      it('in place shows, asks for the name, brings the data back; undo asks, and brings the newer back; confirm gives it up', async () => {
        await world.write(corrupt);
        await world.change(types.configMaps, 'web', { data: { page: 'new' } });
        const differs = await dr('diff APP -o json');
        expect(differs.code).toBe(1);
        expect(diffSchema.parse(JSON.parse(differs.out)).spec.changes).toContainEqual(
          expect.objectContaining({ kind: 'ConfigMap', action: 'change' }),
        );
        const line = 'restore APP --component orders-db --mode dataOnly';
        const unasked = await dr(line);
        expect({ ...unasked, err: '' }).toEqual({ code: 7, out: '', err: '' });
        expect(masked(unasked.err)).toMatch(/^Data loss: {2}1\d minutes of orders-db\n/);
        expect(masked(unasked.err)).toMatch(/\nnext: kubectl dr restore shop --component orders-db --mode dataOnly --yes\n$/);
        expect((await dr(line, { answer: 'yes' })).code).toBe(7);
        expect(await world.files()).toEqual(corrupt);

        const id = idOf(await done(line, { answer: world.name }));
        expect(await world.files()).toEqual(orders);
        expect(masked(await done(`describe operation ${id}`))).toMatch(/\nNext:\n {2}kubectl dr undo restore-shop-ID +until TIME/);
        expect((await dr(`undo ${id}`)).code).toBe(7);
        expect(masked(await done(`undo ${id} --yes`))).toBe('operation restore-shop-ID Undone: everything is as it was before\n');
        expect(await world.files()).toEqual(corrupt);

        const other = idOf(await done(`${line} --yes`));
        expect(await world.files()).toEqual(orders);
        await done(`confirm ${other} --yes`);
        expect((await dr(`undo ${other} --yes`)).code).toBe(1);
        await eventually(async () => (await world.volumes()).length === 1, 'the volume that was kept is gone', 60_000);
      });

      it('a saved plan is refused when what it was made for has changed', async () => {
        await world.change(types.configMaps, 'web', { data: { page: 'new' } });
        await done('plan restore APP --mode configOnly --out stale.json');
        await world.change(types.configMaps, 'web', { data: { page: 'newer' } });
        const { code, out, err } = await dr('apply -f stale.json --yes');
        expect({ code, out }).toEqual({ code: 6, out: '' });
        expect(masked(err)).toContain('is stale, changed since: east/ConfigMap shop/web\n');
      });

      it('is left by Ctrl-C, and resumed', async ({ skip }) => {
        if (!world.ground.velero) return skip('nothing makes the real server slow');
        const { restore } = world.ground.durations;
        world.ground.durations.restore = never;
        const leaving = new AbortController();
        const running = dr('restore APP --as APP-copy', { signal: leaving.signal });
        const id = await runningId();
        leaving.abort(new InterruptedError());
        const { code, err } = await running;
        expect(code).toBe(130);
        expect(err).toContain(`kubectl dr resume ${id}`);
        world.ground.durations.restore = restore;
        expect(await done(`resume ${id}`)).toContain(`operation ${id} Succeeded`);
        await world.cluster.delete({ type: types.namespaces, name: `${world.name}-copy` });
      });

      it('is stopped by cancel, from elsewhere', async ({ skip }) => {
        if (!world.ground.velero) return skip('nothing makes the real server slow');
        const { restore } = world.ground.durations;
        world.ground.durations.restore = never;
        const running = dr('restore APP --as APP-copy');
        const id = await runningId();
        await done(`cancel ${id}`, { who: 'tester@test/2' });
        const ended = await running;
        expect(ended, ended.err).toMatchObject({ code: 3, out: expect.stringContaining(`operation ${id} Cancelled`) });
        world.ground.durations.restore = restore;
        await world.cluster.delete({ type: types.namespaces, name: `${world.name}-copy` });
      });
    });
  });
}
