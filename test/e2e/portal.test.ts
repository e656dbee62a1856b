import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { applicationListSchema } from '@kubectl-dr/core/wire/application';
import { operationListSchema, operationSchema } from '@kubectl-dr/core/wire/plan';
import type { TestPortal } from '../../plugins/dr-backend/src/testing/backend.ts';
import { startPortal } from '../../plugins/dr-backend/src/testing/backend.ts';
import type { Ran, Surroundings } from './command-line.ts';
import { kubectlDr } from './command-line.ts';

/** The command line through the API of a real backend in this process; nobody has credentials of a cluster. */
let portal: TestPortal;
const cwd = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-portal-'));

beforeAll(async () => {
  portal = await startPortal();
  await portal.ready();
});
afterAll(async () => {
  await portal.backend.stop();
  rmSync(cwd, { recursive: true, force: true });
});

const as = (user: string, line: string, options: Partial<Surroundings> = {}): Promise<Ran> =>
  kubectlDr(`${line} --portal http://localhost:${portal.backend.server.port()}`, {
    cwd,
    env: { KUBECTL_DR_TOKEN: mockCredentials.user.token(`user:default/${user}`) },
    ...options,
  });

/** Ages and ids differ from run to run. */
const masked = (text: string): string => text.replace(/\b\d+m(\d+s)?\b|\b\d+s\b/g, '<age>').replace(/-[0-9a-f]{5,}\b/g, '-<id>');

describe('--portal', () => {
  it('shows what the portal knows', async () => {
    const { code, out, err } = await as('alice', 'status');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('6 applications on 1 cluster');
    expect(masked((await as('alice', 'status shop')).out)).toMatchInlineSnapshot(`
      "shop  AtRisk
      data age <age>, no next run, owner group:default/team-shop

      |- web        AtRisk  <age>  east/shop  shop-2
      |    warning NO_SCHEDULE: No schedule covers web (shop on east)
      |      next: Assign a DRPolicy to component:default/web, or create a schedule for the namespace.
      |    info NO_POLICY: No policy applies to web, so the age of its data is not judged
      |      next: Add the annotation kubectl-dr.dev/policy to component:default/web.
      \`- orders-db  AtRisk  <age>  east/shop  shop-2
           volume data-orders-db-0: captured, file-system, 9 B
           warning NO_SCHEDULE: No schedule covers orders-db (shop on east)
             next: Assign a DRPolicy to resource:default/orders-db, or create a schedule for the namespace.
           info NO_POLICY: No policy applies to orders-db, so the age of its data is not judged
             next: Add the annotation kubectl-dr.dev/policy to resource:default/orders-db.
      "
    `);
    const { items } = applicationListSchema.parse(JSON.parse((await as('bob', 'get apps -o json')).out));
    expect(items.map(({ metadata }) => metadata.name)).toContain('trick');
    expect((await as('alice', 'get points --application shop')).out).toContain('shop-2');
    const sorted = (await as('bob', 'get apps --no-headers --sort-by {.metadata.name}')).out.split('\n').filter(Boolean);
    expect(sorted).toHaveLength(6);
    expect(sorted).toEqual(sorted.toSorted());
    expect((await as('alice', 'get clusters -o name')).out).toBe('cluster.kubectl-dr.dev/east\n');
  });

  it('backs up, follows it, and tells it afterwards', async () => {
    const { code, out, err } = await as('alice', 'backup shop --component web --reason before-the-release');
    expect({
      code,
      end: masked(err)
        .split('\n')
        .find((line) => line.startsWith('Succeeded')),
    }).toEqual({
      code: 0,
      end: 'Succeeded [east] Back up web: shop-web-<id> Completed',
    });
    const id = /operation (\S+) Succeeded/.exec(out)![1]!;
    const operation = operationSchema.parse(JSON.parse((await as('alice', `describe operation ${id} -o json`)).out));
    expect(operation.status).toMatchObject({ state: 'Succeeded', requestedBy: 'user:default/alice', reason: 'before-the-release' });
    expect((await as('alice', 'get operations')).out).toContain(id);
    expect((await as('alice', `wait ${id}`)).code).toBe(0);
  });

  it('asks before a restore in place, and lets another person agree', async () => {
    const refused = await as('alice', 'restore shop --component web --to shop-2 --mode configOnly');
    expect(refused.code).toBe(7);
    const asked = await as('alice', 'restore shop --component web --to shop-2 --mode configOnly', { answer: 'shop' });
    expect({ code: asked.code, out: asked.out }).toEqual({ code: 0, out: expect.stringContaining('WaitingForApproval') as string });
    const id = /operation (\S+) /.exec(asked.out)![1]!;
    const own = await as('alice', `approve ${id}`);
    expect(own.code).toBe(6);
    const rejected = await as('olivia', `reject ${id} --reason not-now`);
    expect(rejected).toMatchObject({ code: 0, out: expect.stringContaining('Cancelled') as string });
    const other = await as('alice', 'restore shop --component web --to shop-2 --mode configOnly', { answer: 'shop' });
    const done = /operation (\S+) /.exec(other.out)![1]!;
    const agreed = await as('carol', `approve ${done}`);
    expect({ code: agreed.code, out: agreed.out }).toEqual({ code: 0, out: expect.stringContaining('Succeeded') as string });
    // What is only to be shown is never done.
    const looked = await as('carol', `undo ${done} --dry-run=client --yes`);
    expect(looked).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('error: undo --dry-run needs the clusters themselves') as string,
    });
    const [state] = operationListSchema
      .parse(JSON.parse((await as('carol', 'get operations --application shop -o json')).out))
      .items.filter(({ metadata }) => metadata.name === done);
    expect(state!.status.state).toBe('Succeeded');
  });

  it('says what is missing in one sentence, with the next step', async () => {
    expect(await as('alice', 'status', { env: {} })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^error: nobody is signed in at the portal .*\nnext: sign in there .*KUBECTL_DR_TOKEN\n$/) as string,
    });
    expect((await as('alice', 'doctor')).err).toContain('error: doctor needs the clusters themselves, and --portal has none');
    expect((await as('alice', 'get points')).err).toContain('next: add --application APP');
    expect(await as('bob', 'backup shop')).toMatchObject({ code: 6, out: '' });
    expect((await as('alice', 'status shpo')).code).toBe(1);
    const line = (url: string): Promise<Ran> => kubectlDr(['status', '--portal', url], { cwd, env: { KUBECTL_DR_TOKEN: 'x' } });
    expect((await line('portal')).err).toContain('error: --portal is not an address: portal');
    expect((await line('http://localhost:9')).err).toMatch(/^error: the portal http:\/\/localhost:9 cannot be reached: .*\nnext: /);
    expect((await line(`http://localhost:${portal.backend.server.port()}`)).code).toBe(1);
  });
});
