import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ClusterName, RunningSandbox } from '@kubectl-dr/sandbox';
import { instant, startSandbox } from '@kubectl-dr/sandbox';
import { kubectlDr } from './command-line.ts';
import type { Kubernetes } from './compare.ts';
import { comparable } from './compare.ts';
import { missing, realKubectl, sharedData } from './kubectl.ts';

/** Folders that hold several applications, and where each of them belongs. */
const collections: Record<string, ClusterName> = { 'kubernetes-examples': 'east', 'gpu-ml': 'west' };

function applications(): { name: string; source: string; cluster: ClusterName }[] {
  const folders = (at: string): string[] =>
    readdirSync(at, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(at, entry.name));
  return folders(path.join(sharedData, 'apps')).flatMap((at) => {
    const cluster = collections[path.basename(at)];
    const found = cluster === undefined ? [at] : folders(at);
    return found.map((source) => ({ name: path.basename(source), source, cluster: cluster ?? 'east' }));
  });
}

const reason = missing('kubectl', 'shared data');

/** Real manifests of real applications, each applied by the real kubectl, backed up, deleted, and brought back. */
describe.skipIf(reason !== undefined)(`real applications${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let sandbox: RunningSandbox;
  let kubectl: (...args: string[]) => Promise<string>;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-apps-'));
    sandbox = await startSandbox({ port: 0, directory: path.join(folder, '.sandbox'), story: false, durations: instant });
    kubectl = realKubectl(sandbox.kubeconfigPath, path.join(folder, 'cache'));
  }, 60_000);
  afterAll(async () => {
    await sandbox?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(reason ? [] : applications())(
    '$name comes back whole on $cluster',
    async ({ name, source, cluster }) => {
      const namespace = await apply(source, name, cluster);
      const cwd = catalogue(name, namespace, cluster);
      const at = { kubeconfig: sandbox.kubeconfigPath, cwd };
      const before = comparable(await everything(cluster, namespace));
      expect(Object.keys(before).length).toBeGreaterThan(0);

      const rows = writeRows(cluster, namespace);

      const backup = await kubectlDr(`backup ${name}`, at);
      expect(backup, backup.err).toMatchObject({ code: 0 });
      await loseEverything(cluster, namespace);

      let restored = `restore ${name} --as ${name}-restored --yes`;
      if (name === 'hotel-reservation') {
        // Its volumes are folders of a machine, which no backup holds: somebody has to accept that they come back empty.
        const hollow = await kubectlDr(restored, at);
        expect(hollow, hollow.err).toMatchObject({ code: 6, err: expect.stringContaining('--allow-missing-volumes') });
        restored += ' --allow-missing-volumes';
        // Its claims name classes that exist on volumes only: somebody has to say where the copies shall lie.
        const refused = await kubectlDr(restored, at);
        expect(refused, refused.err).toMatchObject({ code: 6, err: expect.stringContaining('STORAGE_CLASS_MISSING') });
        await createClasses(
          cluster,
          new Set([...refused.err.matchAll(/the StorageClass (\S+) does not exist/g)].map((match) => match[1]!)),
        );
      }
      const restore = await kubectlDr(restored, at);
      expect(restore, restore.err).toMatchObject({ code: 0 });
      expect(comparable(await everything(cluster, `${name}-restored`))).toEqual(expect.objectContaining(before));
      for (const [claim, files] of Object.entries(rows)) expect(sandbox.clusters[cluster].files(`${name}-restored`, claim)).toEqual(files);
    },
    120_000,
  );

  /** Applies the folder as it is; gives the namespace it ended up in. */
  async function apply(source: string, name: string, cluster: ClusterName): Promise<string> {
    const into = async (namespace: string): Promise<void> => {
      const manifest = path.join(folder, `${namespace}.yaml`);
      writeFileSync(manifest, `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${namespace} }\n`);
      await kubectl('--context', cluster, 'apply', '-f', manifest);
      // What its pods run as is no part of these manifests.
      if (name.startsWith('axolotl'))
        await kubectl('--context', cluster, '-n', namespace, 'create', 'serviceaccount', 'axolotl-training-sa');
      await kubectl('--context', cluster, 'apply', '--recursive', '-n', namespace, '-f', source);
    };
    try {
      await into(name);
      return name;
    } catch (error) {
      // Manifests that name a namespace of their own refuse another one.
      const own = /namespace from the provided object "([^"]+)"/.exec((error as Error).message)?.[1];
      if (own === undefined) throw error;
      await into(own);
      return own;
    }
  }

  /** Something to lose on every volume that a backup can copy; folders of a machine it cannot. */
  function writeRows(cluster: ClusterName, namespace: string): Record<string, Record<string, string>> {
    const held = sandbox.clusters[cluster];
    const rows: Record<string, Record<string, string>> = {};
    for (const claim of held.api.store.list('persistentvolumeclaims', namespace)) {
      const volume = held.api.store.get('persistentvolumes', undefined, (claim.spec as { volumeName?: string }).volumeName ?? '');
      if ((volume?.spec as { csi?: unknown } | undefined)?.csi === undefined) continue;
      const { name } = claim.metadata;
      rows[name] = { 'rows.csv': `1,${namespace}/${name}\n` };
      held.writeFiles(namespace, name, rows[name]);
    }
    return rows;
  }

  /** The namespace is deleted, and the machine goes whose folders were the volumes that nobody deletes. */
  async function loseEverything(cluster: ClusterName, namespace: string): Promise<void> {
    await kubectl('--context', cluster, 'delete', 'namespace', namespace, '--wait=true', '--timeout=60s');
    const volumes = JSON.parse(await kubectl('--context', cluster, 'get', 'persistentvolumes', '-o', 'json')) as { items: Kubernetes[] };
    const of = (volume: Kubernetes): unknown => (volume.spec?.claimRef as { namespace?: string } | undefined)?.namespace;
    const left = volumes.items.filter((volume) => of(volume) === namespace).map((volume) => volume.metadata.name);
    if (left.length > 0) await kubectl('--context', cluster, 'delete', 'persistentvolumes', ...left);
  }

  async function createClasses(cluster: ClusterName, names: Set<string>): Promise<void> {
    const file = path.join(folder, 'classes.yaml');
    const classes = [...names].map(
      (name) =>
        `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: ${name} }\nprovisioner: kubernetes.io/no-provisioner\n`,
    );
    writeFileSync(file, classes.join('---\n'));
    await kubectl('--context', cluster, 'apply', '-f', file);
  }

  /** A catalog that names the application, and the operator's word that the namespace is its owner's. */
  function catalogue(name: string, namespace: string, cluster: ClusterName): string {
    const cwd = path.join(folder, `${name}-home`);
    mkdirSync(cwd);
    writeFileSync(
      path.join(cwd, 'catalog.yaml'),
      `apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: ${name} }
spec: { owner: team-apps }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}-all
  annotations:
    backstage.io/kubernetes-namespace: ${namespace}
    backstage.io/kubernetes-cluster: ${cluster}
spec: { type: service, lifecycle: production, owner: team-apps, system: ${name} }
`,
    );
    writeFileSync(
      path.join(cwd, 'app-config.yaml'),
      `dr:\n  clusters: [{ name: ${cluster}, context: ${cluster} }]\n  catalog: [catalog.yaml]\n  tenancy:\n    - { namespace: ${namespace}, owner: group:default/team-apps }\n`,
    );
    return cwd;
  }

  async function everything(cluster: ClusterName, namespace: string): Promise<Kubernetes[]> {
    const types = (await kubectl('--context', cluster, 'api-resources', '--namespaced=true', '--verbs=list', '-o', 'name'))
      .split('\n')
      .filter((type) => type !== '' && !/^(events|podmetrics)/.test(type) && !type.endsWith('.velero.io'));
    const answer = await kubectl('--context', cluster, 'get', [...new Set(types)].join(','), '-n', namespace, '-o', 'json');
    return (JSON.parse(answer) as { items: Kubernetes[] }).items;
  }
});
