import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createApi } from '../api/server.ts';
import type { Api } from '../api/server.ts';
import { serveHttps } from './https.ts';
import type { HttpsDoor } from './https.ts';
import { kubeconfig } from './kubeconfig.ts';

const shared = process.env.KUBECTL_DR_SHARED ?? resolve(import.meta.dirname, '../../../../../shared');
const apps = join(shared, 'data/apps');
const crds = join(shared, 'data/crds/velero');

function kubectlVersion(): string | undefined {
  try {
    return execFileSync('kubectl', ['version', '--client'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

const clock = { now: () => new Date(), sleep: (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds)) };

describe.skipIf(kubectlVersion() === undefined)('the real kubectl (skipped when it is not installed)', () => {
  let folder: string;
  let door: HttpsDoor;
  let api: Api;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-kubectl-'));
    const tokens = { admin: { username: 'admin', groups: ['system:masters'] }, dev: { username: 'dev' } };
    api = createApi({ name: 'east', clock, tokens });
    door = await serveHttps({ apis: { east: api }, port: 0 });
    await writeFile(
      join(folder, 'config'),
      kubeconfig({ url: door.url, ca: door.ca, clusters: ['east'], users: { admin: 'admin', dev: 'dev' } }),
    );
  });
  afterAll(async () => {
    api.close();
    await door.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Output of a command; what it wrote to stderr is part of it when it fails. */
  const kubectl = (command: string, input?: string): Promise<string> =>
    new Promise((done, fail) => {
      const words = ['--kubeconfig', join(folder, 'config'), '--cache-dir', join(folder, 'cache'), ...command.split(' ')];
      const child = execFile('kubectl', words, { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
        error ? fail(new Error(`${out}${err}`)) : done(out),
      );
      child.stdin?.end(input ?? '');
    });
  const lines = async (command: string): Promise<string[]> => (await kubectl(command)).trim().split('\n');

  it('finds its way around', async () => {
    expect(await kubectl('api-resources --no-headers')).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/);
    expect(await kubectl('auth whoami')).toMatch(/Username +admin\nGroups +\[system:masters system:authenticated\]/);
    expect(await kubectl('auth can-i delete pods')).toBe('yes\n');
    await expect(kubectl('--user dev auth can-i delete pods')).rejects.toThrow('no');
    await expect(kubectl('--user dev get pods')).rejects.toThrow(
      'Error from server (Forbidden): pods is forbidden: User "dev" cannot list resource "pods"',
    );
    await expect(kubectl('--token wrong get pods')).rejects.toThrow('(Unauthorized)');
    await expect(kubectl('get cm none')).rejects.toThrow('Error from server (NotFound): configmaps "none" not found');
    expect(await kubectl('explain deployment')).toContain('KIND:       Deployment');
  });

  it('creates the kinds that it writes as protobuf', async () => {
    await kubectl('create namespace made');
    await kubectl('create configmap c --from-literal=a=ä -n made');
    await kubectl('create secret generic s --from-literal=pass=word -n made');
    await kubectl('create serviceaccount robot -n made');
    await kubectl('create role r --verb=get --resource=pods --resource-name=p -n made');
    await kubectl('create rolebinding b --role=r --serviceaccount=made:robot -n made');
    await kubectl('create deployment web --image=nginx --replicas=2 --port=80 -n made');
    await kubectl('create service clusterip web --tcp=80:8080 -n made');
    expect(await kubectl('get cm c -n made -o jsonpath={.data.a}')).toBe('ä');
    expect(await kubectl('get secret s -n made -o jsonpath={.data.pass}')).toBe('d29yZA==');
    expect(await kubectl('get role r -n made -o jsonpath={.rules}')).toBe(
      '[{"apiGroups":[""],"resourceNames":["p"],"resources":["pods"],"verbs":["get"]}]',
    );
    expect(await kubectl('get deploy web -n made -o jsonpath={.spec.replicas},{.spec.template.spec.containers[0].image}')).toBe('2,nginx');
    expect(await kubectl('get svc web -n made -o jsonpath={.spec.ports[0].targetPort}')).toBe('8080');
    expect(await kubectl('--as system:serviceaccount:made:robot auth can-i get pods/p -n made')).toBe('yes\n');
    await kubectl('create quota q --hard=cpu=1,pods=10 -n made');
    expect(await kubectl('get quota q -n made -o jsonpath={.spec.hard}')).toBe('{"cpu":"1","pods":"10"}');
    await kubectl('create cronjob nightly --image=busybox --schedule=@daily -n made -- true');
    expect(await kubectl('get cj nightly -n made -o jsonpath={.spec.jobTemplate.spec.template.spec.containers[0].command}')).toBe(
      '["true"]',
    );
  }, 90_000);

  it('changes, shows, waits and deletes', async () => {
    await kubectl('create namespace work');
    await kubectl('create deployment web --image=nginx -n work');
    await kubectl('label deploy web tier=front -n work');
    await kubectl('annotate deploy web note=x -n work');
    await kubectl('scale deploy web --replicas=3 -n work');
    await kubectl('set image deploy/web nginx=nginx:2 -n work');
    await kubectl('rollout restart deploy/web -n work');
    expect(await kubectl('patch deploy web -n work --type=json -p [{"op":"replace","path":"/spec/replicas","value":4}]')).toContain(
      'patched',
    );
    expect(
      await kubectl(
        'patch deploy web -n work --subresource=status --type=merge -p {"status":{"readyReplicas":4,"availableReplicas":4,"updatedReplicas":4}}',
      ),
    ).toContain('patched');
    expect((await lines('get deploy -n work -l tier=front -o wide'))[1]).toMatch(/^web +4\/4 +4 +4 +\d+s +nginx +nginx:2 +app=web$/);
    expect(await kubectl('get deploy,sa -n work -o name')).toBe('deployment.apps/web\nserviceaccount/default\n');
    expect(await kubectl('describe deploy web -n work')).toMatch(/Replicas: +4 desired/);
    expect(await kubectl('get all -A')).toContain('deployment.apps/web');
    expect(await kubectl('wait deploy/web -n work --for=jsonpath={.status.readyReplicas}=4 --timeout=5s')).toContain('condition met');
    expect(await kubectl('delete namespace work --timeout=10s')).toContain('"work" deleted');
    await expect(kubectl('get namespace work')).rejects.toThrow('NotFound');
  });

  it('watches', async () => {
    await kubectl('create namespace looking');
    const seen = kubectl('get configmap -n looking -w --request-timeout=2s -o name').catch((error: Error) => error.message);
    await new Promise((done) => setTimeout(done, 1000));
    await kubectl('create configmap late -n looking');
    expect(await seen).toContain('configmap/late');
  });

  it('applies on the server', async () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {x: "1"}\n';
    expect(await kubectl('apply --server-side -f -', map)).toContain('serverside-applied');
    expect(await kubectl('apply --server-side -f - --dry-run=server', map)).toContain('serverside-applied (server dry run)');
    await expect(kubectl('apply --server-side --field-manager=other -f -', map.replace('"1"', '"2"'))).rejects.toThrow(
      'Apply failed with 1 conflict',
    );
  });

  describe.skipIf(!existsSync(apps))('with the shared data (skipped when it is absent)', () => {
    const ownNamespace: Record<string, string> = {
      'sock-shop': 'sock-shop',
      'opentelemetry-demo': 'otel-demo',
      'gpu-ml': 'axolotl-training',
    };

    it.for(existsSync(apps) ? readdirSync(apps) : [])('applies %s twice', { timeout: 60_000 }, async (name) => {
      const namespace = ownNamespace[name] ?? name;
      await kubectl(`create namespace ${namespace}`);
      // What its pods run as is no part of these manifests.
      if (name === 'gpu-ml') await kubectl('create serviceaccount axolotl-training-sa -n axolotl-training');
      const where = ownNamespace[name] === undefined ? ` -n ${namespace}` : '';
      const created = await kubectl(`apply -R -f ${join(apps, name)}${where}`);
      // A manifest may contain its own namespace: that is then not new.
      expect(created.split('\n').filter((line) => line !== '' && !line.endsWith(' created') && !line.startsWith('namespace/'))).toEqual([]);
      const version = api.store.version;
      const again = await kubectl(`apply -R -f ${join(apps, name)}${where}`);
      // Manifests that write `null` always make kubectl send a patch; what counts is that nothing changes.
      expect(again).not.toContain('created');
      expect(api.store.version).toBe(version);
      expect(await kubectl(`get all -n ${namespace} -o wide`)).not.toBe('');
    });

    it('uses custom resources', async () => {
      await kubectl(`apply -f ${crds}`);
      expect(await kubectl('wait --for=condition=established crd/backups.velero.io --timeout=5s')).toContain('condition met');
      const schedule =
        'apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: s, namespace: default}\nspec: {schedule: "0 1 * * *", template: {}}\n';
      expect(await kubectl('apply -f -', schedule)).toBe('schedule.velero.io/s created\n');
      expect(await kubectl('apply -f -', schedule)).toBe('schedule.velero.io/s unchanged\n');
      expect((await lines('get schedules'))[0]).toMatch(/^NAME +STATUS +SCHEDULE +LASTBACKUP +AGE +PAUSED$/);
      expect(await kubectl('explain schedule.spec.schedule')).toContain('FIELD: schedule <string>');
      expect(await kubectl('delete crd schedules.velero.io --timeout=5s')).toContain('deleted');
    });
  });
});
