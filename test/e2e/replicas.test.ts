import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createJournal } from '@kubectl-dr/core/execution/journal';
import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import { HttpCluster, loadKubeConfig, resolveContext } from '@kubectl-dr/kubernetes';
import { startSandbox, visible } from '@kubectl-dr/sandbox';
import type { RunningSandbox } from '@kubectl-dr/sandbox';
import type { Postgres } from '../../plugins/dr-backend/src/testing/postgres.ts';
import { missingPostgres, startPostgres } from '../../plugins/dr-backend/src/testing/postgres.ts';
import type { PortalProcess } from '../portal-process.ts';
import { startPortal } from '../portal-process.ts';

const missing = missingPostgres();
/** There has to be time to die in. */
const durations = { ...visible, restore: 8_000 };
type Answer = { status: number; body: any };
const application = '/applications/system/default/warehouse';

/** Two processes of the portal over one database and the same clusters, as behind a load balancer. */
describe.skipIf(missing !== undefined)(
  `two replicas on PostgreSQL${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 120_000 },
  () => {
    let directory: string;
    let postgres: Postgres;
    let sandbox: RunningSandbox;
    const replicas: PortalProcess[] = [];
    const tokens = new Map<string, string>();
    let one: PortalProcess;
    let two: PortalProcess;

    const start = async (name: string): Promise<PortalProcess> => {
      const replica = await startPortal({
        file: path.join(directory, `${name}.yaml`),
        config: {
          backend: { database: { client: 'pg', connection: postgres.connection } },
          dr: {
            clusters: ['east', 'west'].map((cluster) => ({ name: cluster, kubeconfig: sandbox.kubeconfigPath, context: cluster })),
            policies: { mode: 'apply' },
          },
        },
      });
      replicas.push(replica);
      return replica;
    };
    beforeAll(async () => {
      directory = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-replicas-'));
      [postgres, sandbox] = await Promise.all([
        startPostgres(),
        startSandbox({ port: 0, directory: path.join(directory, 'sandbox'), durations }),
      ]);
      one = await start('one');
      two = await start('two');
      for (const replica of [one, two])
        await until(async () => expect((await call(replica, 'alice', 'GET', application)).status).toBe(200));
    }, 400_000);
    afterAll(async () => {
      for (const replica of replicas) await replica.stop();
      await sandbox?.close();
      await postgres?.close();
      await rm(directory, { recursive: true, force: true });
    }, 60_000);

    const until = <T>(what: () => Promise<T>) => vi.waitFor(what, { timeout: 120_000, interval: 200 });
    /** Signed in once, at the first replica: the other one takes the token as well. */
    const tokenOf = async (user: string): Promise<string> => {
      const known = tokens.get(user);
      if (known !== undefined) return known;
      const answer = await fetch(`${one.baseUrl}/api/auth/example/refresh`, {
        headers: { 'x-requested-with': 'XMLHttpRequest', cookie: `dr-demo-user=${user}` },
      });
      const { backstageIdentity } = (await answer.json()) as { backstageIdentity: { token: string } };
      tokens.set(user, backstageIdentity.token);
      return backstageIdentity.token;
    };
    const call = async (
      replica: PortalProcess,
      user: string,
      method: 'GET' | 'POST',
      url: string,
      body?: object,
      headers: Record<string, string> = {},
    ): Promise<Answer> => {
      const base = url.startsWith('/.backstage') ? '/api/dr' : '/api/dr/v1';
      const answer = await fetch(`${replica.baseUrl}${base}${url}`, {
        method,
        headers: { authorization: `Bearer ${await tokenOf(user)}`, 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(100_000),
      });
      const text = await answer.text();
      return { status: answer.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
    };
    const planned = async (replica: PortalProcess, user: string, request: object): Promise<{ id: string; hash: string }> => {
      const { body } = await until(async () => {
        const answer = await call(replica, user, 'POST', `${application}/plans`, { intent: 'Restore', ...request });
        expect([answer.body.error?.message, answer.body.spec?.blockers]).toEqual([undefined, []]);
        return answer;
      });
      return { id: body.spec.id, hash: body.spec.hash };
    };
    const begin = (replica: PortalProcess, user: string, plan: object, key: string) =>
      call(replica, user, 'POST', '/operations', { plan, confirm: 'warehouse' }, { 'idempotency-key': key });
    const reaches = (replica: PortalProcess, id: string, state: string) =>
      until(async () => {
        const { body } = await call(replica, 'alice', 'GET', `/operations/${id}`);
        expect(body.status, JSON.stringify(body.error ?? body.status)).toMatchObject({ state });
        return body;
      });
    const dataOnly = { components: ['stock-db'], mode: 'dataOnly' };

    it('a connection that nobody uses is kept for longer than by what stands in front of a replica', async () => {
      const answer = await fetch(`${one.baseUrl}/.backstage/health/v1/readiness`);
      expect(answer.headers.get('keep-alive')).toBe('timeout=75');
    });

    it('a plan of one is started on both at once, and runs once', async () => {
      const plan = await planned(one, 'alice', { namespace: 'warehouse-copy' });
      const answers = await Promise.all([begin(one, 'alice', plan, 'same'), begin(two, 'alice', plan, 'same')]);
      const accepted = answers.filter(({ status }) => status === 202);
      // Whoever was slower is told that it is being started, or what was.
      expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
      expect(accepted.length).toBeGreaterThan(0);
      const id = accepted[0]!.body.metadata.name;
      for (const replica of [one, two]) await reaches(replica, id, 'Succeeded');
      expect((await begin(two, 'alice', plan, 'same')).body.metadata.name).toBe(id);
      const { body } = await call(two, 'alice', 'GET', '/operations?application=warehouse');
      expect(body.items.map(({ metadata }: any) => metadata.name)).toEqual([id]);
    });

    let rolledBack: string;
    it('what is asked for on one is approved on the other, which is killed, and resumed on the first', async () => {
      const asked = await begin(one, 'alice', await planned(one, 'alice', dataOnly), 'roll-back');
      expect(asked.body.status).toMatchObject({ state: 'WaitingForApproval' });
      rolledBack = asked.body.metadata.name;
      await reaches(two, rolledBack, 'WaitingForApproval');
      expect((await call(two, 'alice', 'POST', `/operations/${rolledBack}/approve`, {})).status).toBe(403);
      expect((await call(two, 'olivia', 'POST', `/operations/${rolledBack}/approve`, {})).status).toBe(202);
      const running = await until(async () => {
        const { body } = await call(one, 'alice', 'GET', `/operations/${rolledBack}`);
        expect(body.status.steps.filter(({ state }: any) => state === 'Succeeded').length).toBeGreaterThan(1);
        return body;
      });
      expect(running.status).toMatchObject({ state: 'Running', holder: expect.stringContaining(`/${two.pid}`) });
      await two.stop('SIGKILL');
      // Its lease has to run out before somebody else may take it over.
      await until(async () => expect((await call(one, 'alice', 'POST', `/operations/${rolledBack}/resume`)).body.error).toBeUndefined());
      const done = await reaches(one, rolledBack, 'Succeeded');
      expect(done.status).toMatchObject({
        requestedBy: 'user:default/alice',
        approvedBy: 'user:default/olivia',
        holder: expect.stringContaining(`/${one.pid}`),
      });
      expect(done.status.steps.filter(({ state }: any) => state !== 'Succeeded')).toEqual([]);
    });

    it('a replica that starts knows all of it', async () => {
      two = await start('two');
      await reaches(two, rolledBack, 'Succeeded');
      const { body } = await call(two, 'alice', 'GET', '/operations?application=warehouse');
      expect(body.items.map(({ metadata }: any) => metadata.name)).toContain(rolledBack);
    });

    it('every task in the background runs on one of them', async () => {
      const listed = await Promise.all([one, two].map((replica) => call(replica, 'olivia', 'GET', '/.backstage/scheduler/v1/tasks')));
      for (const { body } of listed) expect(body.tasks.filter(({ scope }: any) => scope !== 'global')).toEqual([]);
      const ids: string[] = listed[0]!.body.tasks.map(({ taskId }: any) => taskId);
      expect(ids).toEqual(expect.arrayContaining(['dr-undo-windows', 'dr-policies', 'dr-verdicts']));

      // The undo window of what was rolled back is over.
      const kubeconfig = await loadKubeConfig({ env: {}, file: sandbox.kubeconfigPath });
      const east = new HttpCluster({ config: resolveContext(kubeconfig, { context: 'east' }) });
      const journal = createJournal([east], 'kubectl-dr');
      const entry = await journal.read('east', rolledBack);
      const undoUntil = new Date(Date.now() - 60_000).toISOString();
      await journal.update(entry, { ...entry.operation, undoUntil });
      await east.close();
      for (const replica of [one, two])
        await until(async () =>
          expect((await call(replica, 'alice', 'GET', `/operations/${rolledBack}`)).body.status).toMatchObject({ undoUntil }),
        );
      await onBoth('dr-undo-windows');
      await until(async () =>
        expect((await call(two, 'alice', 'GET', `/operations/${rolledBack}`)).body.status.release?.endedAt).toBeDefined(),
      );
      expect(said(`The undo window of ${rolledBack} ended`)).toHaveLength(1);
    });

    /** At the same moment, as two clocks that strike: one of them is told that it runs already. */
    const onBoth = async (task: string): Promise<void> => {
      const path = `/.backstage/scheduler/v1/tasks/${task}/trigger`;
      const statuses = await Promise.all([one, two].map(async (replica) => (await call(replica, 'olivia', 'POST', path)).status));
      expect(statuses).toContain(200);
    };
    const said = (what: string): string[] => [one, two].flatMap((replica) => replica.log().match(new RegExp(what, 'g')) ?? []);

    it('what policies ask for is written once, and what somebody edits is taken back once', async () => {
      const kubeconfig = await loadKubeConfig({ env: {}, file: sandbox.kubeconfigPath });
      const east = new HttpCluster({ config: resolveContext(kubeconfig, { context: 'east' }) });
      try {
        const ours = async () => (await east.list(veleroKinds.schedules, { labelSelector: 'kubectl-dr.dev/policy' })).items;
        await onBoth('dr-policies');
        const [schedule] = await until(async () => {
          const found = await ours();
          expect(found.length).toBeGreaterThan(0);
          return found;
        });
        const { name, namespace } = schedule!.metadata;
        await until(async () => expect(said(`Schedule ${namespace}/${name} on east is as .* says again \\(create\\)`)).toHaveLength(1));
        await east.patch({ type: veleroKinds.schedules, name, namespace: namespace! }, 'merge', { spec: { schedule: '0 0 1 1 *' } });
        // Whichever runs it has to have seen the edit.
        await until(async () => {
          await onBoth('dr-policies').catch(() => undefined);
          expect((await east.get({ type: veleroKinds.schedules, name, namespace: namespace! })).spec).toMatchObject({
            schedule: (schedule!.spec as { schedule: string }).schedule,
          });
        });
        expect(said(`Schedule ${namespace}/${name} on east is as .* says again \\(change\\)`)).toHaveLength(1);
        expect(said(`says again \\(create\\)`).length).toBe(new Set(said(`Schedule \\S+ on \\S+ is as .* says again \\(create\\)`)).size);
      } finally {
        await east.close();
      }
    });

    it('how applications stand is judged for both, and kept once', async () => {
      await onBoth('dr-verdicts');
      const { body } = await call(one, 'olivia', 'GET', '/applications');
      const judged = body.items.filter(({ status }: any) => status.verdict !== 'Unknown').map(({ metadata }: any) => metadata.name);
      const database = postgres.openAgain('backstage_plugin_dr');
      await until(async () => {
        const rows = await database('verdict_states').select('application');
        expect(rows.map(({ application: name }) => name).toSorted()).toEqual(judged.toSorted());
      });
    });
  },
);
