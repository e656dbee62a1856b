import { TestFleet } from './fleet.ts';

/** What a cluster answers to what is written: one sentence, and the next step. What it answers to reads is in `errors.test.ts`. */
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
});
afterAll(() => fleet.close());

const webhook = 'admission webhook "freeze.example" denied the request: no changes on Fridays';
const answers: Record<string, [status: number, reason: string, message: string]> = {
  'gone namespace': [404, 'NotFound', 'namespaces "velero" not found'],
  'in the meantime': [409, 'Conflict', 'the object has been modified; please apply your changes to the latest version and try again'],
  'there already': [409, 'AlreadyExists', 'schedules.velero.io "dr-shop-shop" already exists'],
  ending: [403, 'Forbidden', 'unable to create new content in namespace velero because it is being terminated'],
  quota: [403, 'Forbidden', 'exceeded quota: objects, requested: count/backups.velero.io=1, used: 5, limited: 5'],
  invalid: [422, 'Invalid', 'Schedule.velero.io "dr-shop-shop" is invalid: spec.schedule: Invalid value: "x": must match \'^\\S+$\''],
  webhook: [422, 'Invalid', webhook],
  'webhook that says 400': [400, 'BadRequest', webhook],
};

/** The lines of stderr from the first error on, where each write of this kind is answered so. */
async function told(line: string, written: RegExp, answer: string): Promise<string> {
  const [code, reason, message] = answers[answer]!;
  let refused = 0;
  const east = fleet.east.reach(undefined, (request) => {
    if (request.method === 'GET' || !written.test(request.url)) return undefined;
    refused += 1;
    // Nobody tries for ever.
    if (refused > 40) leaving.abort(new Error(`${line} was refused ${refused} times`));
    return Response.json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }, { status: code });
  });
  const leaving = new AbortController();
  const ran = await fleet.run(line, {
    signal: leaving.signal,
    clusters: [east, fleet.at('west')],
  });
  expect(refused, line).toBeGreaterThan(0);
  const last = ran.err.slice(ran.err.search(/^(error: |Failed)/m));
  return `${ran.code} ${last
    .replace(/\n *next: kubectl dr logs[^]*/, '')
    .replace(/-[0-9a-f]{5,8}\b/g, '-ID')
    .replace(/\d{14}/g, 'TIME')
    .trimEnd()
    .replaceAll('\n', '\n    ')}`;
}

it('one sentence and the next step each', async () => {
  const lines: string[] = [];
  for (const answer of Object.keys(answers))
    lines.push(
      answer,
      `  policy apply: ${await told('policy apply shop', /\/schedules/, answer)}`,
      `  backup: ${await told('backup shop --component web', /\/backups/, answer)}`,
      `  --dry-run=server: ${await told('backup shop --component web --dry-run=server', /\/backups/, answer)}`,
      `  no journal: ${await told('backup shop --component web', /\/namespaces\/kubectl-dr/, answer)}`,
    );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "gone namespace
      policy apply: 1 error: schedules.velero.io "dr-shop-shop" cannot be created on east: there is no namespace velero
        next: create it, or look at what there is: kubectl get namespaces
      backup: 3 Failed: [east] Back up web: backups.velero.io "shop-web-TIME" cannot be created on east: there is no namespace velero
      --dry-run=server: 1 error: backups.velero.io "shop-web-TIME" cannot be created on east: there is no namespace velero
        next: create it, or look at what there is: kubectl get namespaces
      no journal: 1 error: leases.coordination.k8s.io "app-shop-ID" cannot be created on east: there is no namespace velero
        next: create it, or look at what there is: kubectl get namespaces
    in the meantime
      policy apply: 1 error: schedules.velero.io "dr-shop-shop" on east: the object has been modified; please apply your changes to the latest version and try again
        next: somebody changed it in the meantime: repeat the command
      backup: 3 Failed: [east] Back up web: backups.velero.io "shop-web-TIME" on east: the object has been modified; please apply your changes to the latest version and try again
      --dry-run=server: 1 error: backups.velero.io "shop-web-TIME" on east: the object has been modified; please apply your changes to the latest version and try again
        next: somebody changed it in the meantime: repeat the command
      no journal: 1 error: leases.coordination.k8s.io "app-shop-ID" on east: the object has been modified; please apply your changes to the latest version and try again
        next: somebody changed it in the meantime: repeat the command
    there already
      policy apply: 1 error: schedules.velero.io "dr-shop-shop" on east: schedules.velero.io "dr-shop-shop" already exists
        next: look whose it is: kubectl get schedules.velero.io -A
      backup: 3 Failed: [east] Back up web: backups.velero.io "shop-web-TIME" in velero not found on east
      --dry-run=server: 1 error: backups.velero.io "shop-web-TIME" in velero not found on east
        next: look at what there is: kubectl get backups.velero.io -A
      no journal: 1 error: leases.coordination.k8s.io "app-shop-ID" on east: schedules.velero.io "dr-shop-shop" already exists
        next: look whose it is: kubectl get leases.coordination.k8s.io -A
    ending
      policy apply: 6 error: east does not create schedules.velero.io "dr-shop-shop" in the namespace velero because it is being terminated
        next: repeat it when the namespace is gone; what keeps it is told by: kubectl describe namespace velero
      backup: 3 Failed: [east] Back up web: east does not create backups.velero.io "shop-web-TIME" in the namespace velero because it is being terminated
      --dry-run=server: 6 error: east does not create backups.velero.io "shop-web-TIME" in the namespace velero because it is being terminated
        next: repeat it when the namespace is gone; what keeps it is told by: kubectl describe namespace velero
      no journal: 6 error: east does not create leases.coordination.k8s.io "app-shop-ID" in the namespace velero because it is being terminated
        next: repeat it when the namespace is gone; what keeps it is told by: kubectl describe namespace velero
    quota
      policy apply: 6 error: east has no room to create schedules.velero.io "dr-shop-shop": exceeded quota: objects, requested: count/backups.velero.io=1, used: 5, limited: 5
        next: remove what is not needed, or have the quota raised: kubectl get resourcequotas -A
      backup: 3 Failed: [east] Back up web: east has no room to create backups.velero.io "shop-web-TIME": exceeded quota: objects, requested: count/backups.velero.io=1, used: 5, limited: 5
      --dry-run=server: 6 error: east has no room to create backups.velero.io "shop-web-TIME": exceeded quota: objects, requested: count/backups.velero.io=1, used: 5, limited: 5
        next: remove what is not needed, or have the quota raised: kubectl get resourcequotas -A
      no journal: 6 error: east has no room to create leases.coordination.k8s.io "app-shop-ID": exceeded quota: objects, requested: count/backups.velero.io=1, used: 5, limited: 5
        next: remove what is not needed, or have the quota raised: kubectl get resourcequotas -A
    invalid
      policy apply: 1 error: east rejected the request to create schedules.velero.io "dr-shop-shop": Schedule.velero.io "dr-shop-shop" is invalid: spec.schedule: Invalid value: "x": must match '^\\S+$'
        next: correct what it names; -v=8 shows what was sent
      backup: 3 Failed: [east] Back up web: east rejected the request to create backups.velero.io "shop-web-TIME": Schedule.velero.io "dr-shop-shop" is invalid: spec.schedule: Invalid value: "x": must match '^\\S+$'
      --dry-run=server: 1 error: east rejected the request to create backups.velero.io "shop-web-TIME": Schedule.velero.io "dr-shop-shop" is invalid: spec.schedule: Invalid value: "x": must match '^\\S+$'
        next: correct what it names; -v=8 shows what was sent
      no journal: 1 error: east rejected the request to create leases.coordination.k8s.io "app-shop-ID": Schedule.velero.io "dr-shop-shop" is invalid: spec.schedule: Invalid value: "x": must match '^\\S+$'
        next: correct what it names; -v=8 shows what was sent
    webhook
      policy apply: 1 error: east rejected the request to create schedules.velero.io "dr-shop-shop": admission webhook "freeze.example" denied the request: no changes on Fridays
        next: do as freeze.example says, or ask who runs it
      backup: 3 Failed: [east] Back up web: east rejected the request to create backups.velero.io "shop-web-TIME": admission webhook "freeze.example" denied the request: no changes on Fridays
      --dry-run=server: 1 error: east rejected the request to create backups.velero.io "shop-web-TIME": admission webhook "freeze.example" denied the request: no changes on Fridays
        next: do as freeze.example says, or ask who runs it
      no journal: 1 error: east rejected the request to create leases.coordination.k8s.io "app-shop-ID": admission webhook "freeze.example" denied the request: no changes on Fridays
        next: do as freeze.example says, or ask who runs it
    webhook that says 400
      policy apply: 1 error: east rejected the request to create schedules.velero.io "dr-shop-shop": admission webhook "freeze.example" denied the request: no changes on Fridays
        next: do as freeze.example says, or ask who runs it
      backup: 3 Failed: [east] Back up web: east rejected the request to create backups.velero.io "shop-web-TIME": admission webhook "freeze.example" denied the request: no changes on Fridays
      --dry-run=server: 1 error: east rejected the request to create backups.velero.io "shop-web-TIME": admission webhook "freeze.example" denied the request: no changes on Fridays
        next: do as freeze.example says, or ask who runs it
      no journal: 1 error: east rejected the request to create leases.coordination.k8s.io "app-shop-ID": admission webhook "freeze.example" denied the request: no changes on Fridays
        next: do as freeze.example says, or ask who runs it"
  `);
});
