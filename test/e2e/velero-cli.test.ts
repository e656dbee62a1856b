import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import type { RunningSandbox } from '@kubectl-dr/sandbox';
import { instant, startSandbox } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';

const execute = promisify(execFile);
const program = process.env.VELERO_BIN;
const reason = program ? undefined : 'VELERO_BIN does not name the program velero';

/** What the program does with its own lists, requests and downloads, the sandbox has to answer as a server would. */
describe.skipIf(reason !== undefined)(`the real velero on the sandbox${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-velero-'));
    sandbox = await startSandbox({ port: 0, directory: folder, story: false, durations: { ...instant, backup: 300, restore: 300 } });
    const { client, veleroOptions } = sandbox.clusters.east;
    await createAll(client, shop);
    const claim = { type: types.persistentVolumeClaims, namespace: 'shop', name: 'data' };
    const volume = async (): Promise<string> => String((await client.get(claim)).spec?.['volumeName' as never] ?? '');
    await eventually(async () => (await volume()) !== '', 'the claim is bound');
    veleroOptions.volumes.write(await volume(), { 'orders.csv': '1,apples\n' });
  });
  afterAll(async () => {
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Everything it prints. It ends with 0 also when something went wrong: its words have to be read. */
  async function velero(line: string): Promise<string> {
    const options = { env: { ...process.env, KUBECONFIG: sandbox.kubeconfigPath, HOME: folder }, timeout: 60_000 };
    const { stdout, stderr } = await execute(program!, [...line.split(' '), '--colorized=false'], options);
    const said = `${stdout}${stderr}`;
    expect(said).not.toMatch(/An error occurred|<error|panic:/);
    return said;
  }
  /** The cells of a row of a table, without those of the times. */
  async function row(line: string, name: string): Promise<string[]> {
    const rows = (await velero(line)).split('\n').map((text) => text.split(/\s{2,}/));
    const found = rows.find(([first]) => first === name);
    expect(found, `${line} shows ${name}`).toBeDefined();
    return found!;
  }

  it('asks the server for its version', async () => {
    expect(await velero('version')).toMatch(/Client:\n\s+Version: v1\.\d+[^]*Server:\n\s+Version: v1\.18\.1/);
  });

  it('lists the locations', async () => {
    const cells = await row('backup-location get', 'default');
    expect(cells).toEqual(['default', 'aws', 'backups/east', 'Available', expect.any(String), 'ReadWrite', 'true']);
  });

  it('makes a backup and waits for it', async () => {
    const said = await velero('backup create one --include-namespaces shop --labels why=test --ttl 2h --wait');
    expect(said).toContain('Backup request "one" submitted successfully.');
    expect(said).toContain('Backup completed with status: Completed.');
    expect((await row('backup get', 'one')).slice(0, 4)).toEqual(['one', 'Completed', '0', '0']);
  });

  it('describes it, with all that lies in the bucket', async () => {
    const said = await velero('backup describe one --details');
    expect(said).toMatch(/^Phase: +Completed$/m);
    expect(said).toMatch(/^Labels: +velero\.io\/storage-location=default\n +why=test$/m);
    expect(said).toMatch(/^TTL: +2h0m0s$/m);
    expect(said).toMatch(/^CSISnapshotTimeout: +10m0s$/m);
    expect(said).toMatch(/Resource List:[^]*v1\/ConfigMap:[^]*- shop\/web\n/);
    expect(said).toMatch(/v1\/PersistentVolumeClaim:\n +- shop\/data\n/);
    expect(said).toMatch(/Backup Item Action Plugin: +velero\.io\/csi-pvc-backupper/);
    expect(said).toMatch(/CSI Snapshots:\n +shop\/data:\n +Data Movement:[^]*Moved data Size \(bytes\): 9\n[^]*Result: succeeded/);
  });

  it('prints its log', async () => {
    expect(await velero('backup logs one')).toMatch(/^time="[^"]+" level=info msg=.+ backup=velero\/one$/m);
  });

  it('downloads it', async () => {
    const file = path.join(folder, 'one.tar.gz');
    expect(await velero(`backup download one -o ${file}`)).toContain(`Backup one has been successfully downloaded to ${file}`);
    const { stdout } = await execute('tar', ['-tzf', file]);
    expect(stdout.split('\n')).toContain('resources/configmaps/namespaces/shop/web.json');
  });

  it('tells why one may not be made', async () => {
    expect(await velero('backup create refused --include-namespaces shop --resource-policies-configmap absent --wait')).toContain(
      'Backup completed with status: FailedValidation.',
    );
    expect(await velero('backup describe refused')).toMatch(
      /Validation errors: +fail to get ResourcePolicies velero\/absent ConfigMap with error ConfigMap "absent" not found/,
    );
  });

  it('tells what is missing in one that was made in part', async () => {
    expect(await velero('backup create part --include-namespaces shop,absent --wait')).toContain('status: PartiallyFailed.');
    expect(await velero('backup describe part')).toMatch(
      /^Errors:\n +Velero: +resource: \/namespaces message: \/fail to get the namespace absent specified in backup\.Spec\.IncludedNamespaces$/m,
    );
  });

  it('restores beside, waits for it, and describes it', async () => {
    const said = await velero('restore create copy --from-backup one --namespace-mappings shop:shop-copy --wait');
    expect(said).toContain('Restore completed with status: Completed.');
    expect((await row('restore get', 'copy')).slice(0, 3)).toEqual(['copy', 'one', 'Completed']);
    const described = await velero('restore describe copy --details');
    expect(described).toMatch(/^Phase: +Completed$/m);
    expect(described).toMatch(/^Namespace mappings: +shop=shop-copy$/m);
    expect(described).toMatch(/v1\/Namespace:\n +- shop-copy\(created\)\n/);
    expect(described).toMatch(/- shop-copy\/web\(created\)/);
    expect(described).toMatch(/Restore Item Action Plugin: +velero\.io\/csi-pvc-restorer/);
    expect(described).toMatch(/CSI Snapshot Restores:\n +shop-copy\/data:\n +Data Movement:/);
    expect(await velero('restore logs copy')).toMatch(/msg="Attempting to restore ConfigMap: web\."/);
  });

  it('restores over what has changed, and tells the warnings', async () => {
    const { client } = sandbox.clusters.east;
    await client.patch({ type: types.configMaps, namespace: 'shop', name: 'web' }, 'merge', { data: { page: 'later' } });
    expect(await velero('restore create over --from-backup one --include-resources configmaps --wait')).toContain('status: Completed');
    expect(await velero('restore describe over')).toMatch(
      /Warnings:[^]*shop: +could not restore, ConfigMap:web already exists\. Warning: the in-cluster version is different/,
    );
  });

  it('makes a schedule, pauses it and lets it go on', async () => {
    expect(await velero('schedule create nightly --schedule=@midnight --include-namespaces shop')).toContain('created successfully');
    await eventually(async () => (await row('schedule get', 'nightly'))[1] === 'Enabled', 'the schedule is enabled');
    expect(await velero('schedule pause nightly')).toContain('Schedule nightly paused successfully');
    expect((await row('schedule get', 'nightly')).at(-1)).toBe('true');
    expect(await velero('schedule unpause nightly')).toContain('Schedule nightly unpaused successfully');
    expect((await row('schedule get', 'nightly')).at(-1)).toBe('false');
    expect(await velero('schedule describe nightly')).toMatch(/^Phase: +Enabled$/m);
    expect(await velero('backup create --from-schedule nightly --wait')).toContain('Backup completed with status: Completed.');
    expect(await velero('schedule delete nightly --confirm')).toContain('deleted: nightly');
  });

  it('deletes the backup with its restores', async () => {
    expect(await velero('backup delete one --confirm')).toContain('Request to delete backup "one" submitted successfully.');
    const { client } = sandbox.clusters.east;
    await eventually(async () => !(await exists(client, { type: kinds.backups, namespace: 'velero', name: 'one' })), 'the backup went');
    expect(await velero('restore get')).not.toMatch(/^copy /m);
    expect(await velero('backup get')).not.toMatch(/^one /m);
  });
});

const meta = (name: string): KubeObject['metadata'] => ({ name, namespace: 'shop' });

const shop: KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('web'), data: { page: 'hello' } },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: meta('data'),
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('db'),
    spec: {
      containers: [{ name: 'main', image: 'example/db:1', volumeMounts: [{ name: 'files', mountPath: '/files' }] }],
      volumes: [{ name: 'files', persistentVolumeClaim: { claimName: 'data' } }],
    },
  },
];
