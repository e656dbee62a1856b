import type { Operation } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService, StartedOperation } from '@kubectl-dr/core/service/port';
import type { World, Worlds } from './world.ts';
import { worldForEach } from './world.ts';

const caller = { name: 'alice' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };

/** Done means verified: commands that the owner declares, run in pods on the data that came back. */
export function describeVerification(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`verifying what came back on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened, skip) => {
      world = opened;
      if (!world.ground.runsCommands) skip('nothing runs in the pods');
    });

    const declare = (check: string) =>
      world.change(types.statefulSets, 'orders-db', {
        metadata: { annotations: { 'kubectl-dr.dev/check': check, 'kubectl-dr.dev/check-timeout': '10s' } },
      });
    const plan = (service: DrService, request: Partial<PlanRequest> = {}) =>
      service.plan({ intent: 'Restore', application: world.name, components: ['orders-db'], mode: 'dataOnly', ...request }, caller);
    const statesOf = async ({ events }: StartedOperation): Promise<Operation['state'][]> => {
      const states: Operation['state'][] = [];
      for await (const event of events)
        if (event.type === 'operation' && event.operation.state !== states.at(-1)) states.push(event.operation.state);
      return states;
    };

    it('runs what was declared then, where the configuration goes back as well, and has succeeded only when that has', async () => {
      await declare('exec: grep -q apples /data/orders.csv');
      await world.capture();
      await world.write(corrupt);
      await declare('exec: grep -q pay /data/ransom.txt');
      const service = world.service();
      const made = await plan(service, { mode: 'inPlace' });
      expect(made.waves.flat().filter(({ action }) => action.kind === 'check.exec')).toMatchObject([
        { title: 'Check that grep -q apples /data/orders.csv succeeds in orders-db', action: { timeoutSeconds: 10 } },
      ]);
      expect(await statesOf(await service.execute(made, caller))).toEqual(['Running', 'Verifying', 'Succeeded']);
    });

    it('runs what is declared now, where only the data goes back', async () => {
      await world.capture();
      await world.write(corrupt);
      await declare('exec/main: ["grep", "-q", "2,pears", "/data/orders.csv"]');
      const service = world.service();
      expect(await statesOf(await service.execute(await plan(service), caller))).toEqual(['Running', 'Verifying', 'Succeeded']);
    });

    it('fails when it does not succeed in time, and says what the program said', async () => {
      await declare('exec: cat /data/none');
      await world.capture();
      await world.write(corrupt);
      const service = world.service({ impatient: true });
      const failed = await (await service.execute(await plan(service), caller)).run();
      expect(failed).toMatchObject({
        state: 'Failed',
        message: `the check "cat /data/none" in StatefulSet ${world.name}/orders-db on east did not succeed within 10 s: it ended with 1: cat: /data/none: No such file or directory`,
      });
      expect(await (await service.undo(failed.id, caller)).run()).toMatchObject({ state: 'Undone' });
      expect(await world.files()).toEqual(corrupt);
    });

    it('runs nothing that the journal alone declares', async () => {
      await declare('exec: true');
      await world.capture();
      const service = world.service();
      const started = await service.execute(await plan(service), caller);
      await declare('exec: false');
      const failed = await started.run();
      expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining('does not declare the check true') });
    });

    it('needs rights that the plan asks for beforehand', async ({ skip }) => {
      if (!world.ground.user) return skip('everybody may everything');
      await world.capture();
      const access = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
      const everything = { apiGroups: ['*'], verbs: ['*'] };
      // All but what a subresource has: those have to be named.
      await world.create({
        ...access,
        metadata: { name: `editor-of-${world.name}` },
        rules: ['', 'apps', 'batch', 'velero.io', 'coordination.k8s.io', 'storage.k8s.io', 'snapshot.storage.k8s.io'].map((group) => ({
          ...everything,
          apiGroups: [group],
          resources: [
            'pods',
            'configmaps',
            'secrets',
            'services',
            'serviceaccounts',
            'namespaces',
            'nodes',
            'persistentvolumes',
            'persistentvolumeclaims',
            'deployments',
            'statefulsets',
            'daemonsets',
            'replicasets',
            'jobs',
            'cronjobs',
            'leases',
            'backups',
            'restores',
            'schedules',
            'backupstoragelocations',
            'downloadrequests',
            'serverstatusrequests',
            'podvolumebackups',
            'datauploads',
          ],
        })),
      } as never);
      await world.create({
        apiVersion: access.apiVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name: `editor-of-${world.name}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `editor-of-${world.name}` },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }],
      } as never);
      const bob = world.service({ cluster: await world.ground.user('bob') });
      expect((await plan(bob)).blockers).toEqual([]);
      await declare('exec: true');
      expect((await plan(bob)).blockers).toMatchObject([
        { code: 'PERMISSION_MISSING', message: `bob may not get pods/exec in ${world.name}, create pods/exec in ${world.name} on east` },
      ]);
    });

    it('looks at a copy from inside, for nothing else reaches it', async () => {
      await declare('exec: grep -q apples /data/orders.csv\nhttp://orders-db:8080/healthz');
      await world.capture();
      await world.write(corrupt);
      const service = world.service();
      const namespace = `${world.name}-copy`;
      const made = await plan(service, { components: ['orders-db', 'web'], mode: 'clone', namespace });
      expect(made.warnings.find(({ code }) => code === 'CHECK_UNREADABLE')?.evidence).toMatchObject([expect.stringContaining('/healthz')]);
      const states = await statesOf(await service.execute(made, caller));
      expect(states.at(-1)).toBe('Succeeded');
      expect(made.waves.flat().filter(({ action }) => action.kind === 'check.exec')).toMatchObject([{ action: { namespace } }]);
      await world.cluster.delete({ type: types.namespaces, name: namespace });
    });
  });
}
