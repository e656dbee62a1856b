import { listAt, textAt } from '../../application/raw.ts';
import { podSpecOf } from '../../application/workload.ts';
import { activeSchedules, backupCommand, because } from '../../compliance/facts.ts';
import { isDatabase } from '../../application/database.ts';
import { type KubeObject, resourceKey, types } from '../../ports/kubernetes.ts';
import { objectsOf } from '../../ports/reading.ts';
import type { PlaceSeen } from '../model.ts';
import type { Check, Finding } from '../check.ts';

type Facts = PlaceSeen['facts'];

const templates = [types.deployments, types.statefulSets, types.daemonSets, types.cronJobs];

/** Checks of what a component runs, and of how many ways back it has. */
export const placeChecks: readonly Check<PlaceSeen>[] = [
  { codes: ['VOLUME_UNBOUND'], needs: [types.persistentVolumeClaims], find: ({ facts }) => unbound(facts) },
  { codes: ['VOLUME_ON_NODE'], needs: templates, find: onNode },
  { codes: ['IMAGE_UNPINNED'], needs: templates, find: ({ facts }) => unpinned(facts) },
  { codes: ['OPERATOR_HAS_BACKUP'], needs: [types.pods, types.statefulSets], find: operated },
  { codes: ['GITOPS_MANAGED'], needs: templates, find: ({ facts }) => gitOps(facts) },
  { codes: ['NO_OWNER'], needs: [types.namespaces], find: ownerless },
  { codes: ['ONE_COPY'], needs: [], find: ({ facts }) => oneCopy(facts) },
  { codes: ['POLICY_LOCATION_UNUSED'], needs: [], find: ({ facts }) => locationUnused(facts) },
  { codes: ['REPLICATION_PAUSED'], needs: [], find: ({ facts }) => replicationPaused(facts) },
];

function unbound(facts: Facts): Finding[] {
  return facts.claims
    .filter(({ object }) => object?.phase === 'Pending' || object?.phase === 'Lost')
    .map(({ namespace, name, object }) =>
      because(facts, {
        code: 'VOLUME_UNBOUND',
        severity: 'warning',
        message: `the claim ${name} of ${facts.component.name} is ${object!.phase}: there is no volume to capture`,
        evidence: [`PersistentVolumeClaim ${namespace}/${name}`, ...(object!.storageClass ? [`StorageClass ${object!.storageClass}`] : [])],
        fix: `kubectl --context ${facts.cluster.name} -n ${namespace} describe pvc ${name}`,
      }),
    );
}

/** The component's workloads as they are, for what `Workload` does not keep. */
function rawWorkloads({ facts, reading }: PlaceSeen): KubeObject[] {
  if (!reading) return [];
  return templates.flatMap((type) =>
    objectsOf(reading, resourceKey(type)).filter(({ metadata }) =>
      facts.workloads.some(({ kind, name, namespace }) => kind === type.kind && name === metadata.name && namespace === metadata.namespace),
    ),
  );
}

/** Agents of a node read its directories by design; nobody expects them back. */
function onNode(seen: PlaceSeen): Finding[] {
  return rawWorkloads(seen)
    .filter((object) => !isDaemon(object, seen.facts))
    .flatMap((object): Finding[] => {
      const paths = listAt(podSpecOf(object), 'volumes').flatMap((volume) => textAt(volume, 'hostPath', 'path') ?? []);
      if (paths.length === 0) return [];
      const workload = workloadOf(object, seen.facts);
      return [
        because(seen.facts, {
          code: 'VOLUME_ON_NODE',
          severity: 'warning',
          message: `${workload} keeps data in ${paths.join(', ')} of its node, which no backup captures`,
          evidence: paths.map((path) => `hostPath: ${path}`),
          fix: 'Use a PersistentVolumeClaim for what has to come back.',
        }),
      ];
    });
}

/** Lists leave the kind out of their items, so it is taken from the workload that was read of it. */
function kindOf({ metadata }: KubeObject, facts: Facts): string {
  return facts.workloads.find(({ name, namespace }) => name === metadata.name && namespace === metadata.namespace)!.kind;
}

function isDaemon(object: KubeObject, facts: Facts): boolean {
  return kindOf(object, facts) === 'DaemonSet';
}

function workloadOf(object: KubeObject, facts: Facts): string {
  return `${kindOf(object, facts)} ${object.metadata.namespace}/${object.metadata.name}`;
}

function unpinned(facts: Facts): Finding[] {
  const loose = facts.workloads.flatMap(({ kind, namespace, name, images, finished }) =>
    finished ? [] : images.filter(isLoose).map((image) => `${kind} ${namespace}/${name}: ${image}`),
  );
  if (loose.length === 0) return [];
  return [
    because(facts, {
      code: 'IMAGE_UNPINNED',
      severity: 'info',
      message: `${loose.length === 1 ? 'an image' : `${loose.length} images`} of ${facts.component.name} may be another program on the day of the restore`,
      evidence: loose,
      fix: 'Name a version or a digest instead of latest.',
    }),
  ];
}

function isLoose(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = image.split('/').at(-1)!.split(':')[1];
  return tag === undefined || tag === 'latest';
}

/** API groups of operators that make consistent backups of their databases themselves. */
const operators =
  /^(?:postgresql\.cnpg\.io|acid\.zalan\.do|postgres-operator\.crunchydata\.com|(?:psmdb|pxc|pgv2|ps)\.percona\.com|mongodbcommunity\.mongodb\.com|mysql\.oracle\.com|k8s\.mariadb\.com|cassandra\.datastax\.com|elasticsearch\.k8s\.elastic\.co|kafka\.strimzi\.io|databases\.spotahome\.com)\//;

function operated(seen: PlaceSeen): Finding[] {
  const { facts } = seen;
  const byPods = facts.workloads
    .filter(({ apiVersion }) => operators.test(apiVersion))
    .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  const bySets = rawWorkloads(seen).flatMap((object) =>
    (object.metadata.ownerReferences ?? [])
      .filter(({ apiVersion }) => operators.test(apiVersion))
      .map(({ kind, name }) => `${kind} ${object.metadata.namespace}/${name}`),
  );
  const owners = [...new Set([...byPods, ...bySets])];
  if (owners.length === 0 || facts.claims.length === 0) return [];
  return [
    because(facts, {
      code: 'OPERATOR_HAS_BACKUP',
      severity: 'info',
      message: `${owners.join(', ')} is run by an operator that can back its database up itself; only raw volumes are captured here`,
      evidence: owners,
      fix: 'Let the operator make backups as well, and restore its custom resource first.',
    }),
  ];
}

function gitOps(facts: Facts): Finding[] {
  const marked = facts.workloads.filter(
    ({ labels, annotations }) =>
      'argocd.argoproj.io/tracking-id' in annotations ||
      'argocd.argoproj.io/instance' in labels ||
      Object.keys(labels).some((key) => /^(?:kustomize|helm)\.toolkit\.fluxcd\.io\/name$/.test(key)),
  );
  if (marked.length === 0) return [];
  return [
    because(facts, {
      code: 'GITOPS_MANAGED',
      severity: 'info',
      message: `Git says how ${facts.component.name} looks: a restore of its configuration is changed back unless Git changes too`,
      evidence: marked.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
      fix: `Restore only the data: kubectl dr plan restore ${facts.application} --mode dataOnly`,
    }),
  ];
}

function ownerless({ facts, application }: PlaceSeen): Finding[] {
  if (application.owner !== undefined || facts.component.owner !== undefined) return [];
  return [
    {
      code: 'NO_OWNER',
      severity: 'info',
      message: `nobody owns ${application.name}: nobody is told when its protection fails, and only operators may restore it`,
      evidence: [application.entityRef ?? `namespace: ${facts.placement?.namespace ?? '?'}`],
      fix: facts.placement
        ? `kubectl annotate namespace ${facts.placement.namespace} kubectl-dr.dev/owner=OWNER, or set spec.owner in the catalog.`
        : 'Set spec.owner in the catalog.',
    },
  ];
}

/** Copies in one bucket share its fate. Who wants several says so in the policy; for data without a policy it is worth knowing. */
function oneCopy(facts: Facts): Finding[] {
  const usable = facts.points.filter(({ usable }) => usable === 'yes').map(({ point }) => point);
  const places = new Set(usable.map(({ engine, location, keptIn }) => (keptIn === 'storage' ? 'storage' : `${engine}/${location ?? ''}`)));
  if (places.size !== 1 || facts.claims.length === 0 || usable[0]!.keptIn === 'storage') return [];
  const wanted = facts.policy?.locations.length ?? 0;
  return [
    because(facts, {
      code: 'ONE_COPY',
      severity: wanted > 1 ? 'warning' : 'info',
      message: `every usable point of ${facts.component.name} lies in ${usable[0]!.location ?? 'one place'}${wanted > 1 ? `, ${facts.policy!.name} asks for ${wanted} locations` : ''}`,
      evidence: [`points: ${usable.length}`, `location: ${usable[0]!.location ?? '?'}`],
      fix: 'Let a second schedule write to another location, in another account or region.',
    }),
  ];
}

function locationUnused(facts: Facts): Finding[] {
  const known = activeSchedules(facts).flatMap(({ location }) => (location !== undefined && location !== 'missing' ? [location.name] : []));
  const unused = (facts.policy?.locations ?? []).filter(({ name }) => !known.includes(name));
  if (unused.length === 0 || known.length === 0 || known.length < activeSchedules(facts).length) return [];
  return [
    because(facts, {
      code: 'POLICY_LOCATION_UNUSED',
      severity: 'warning',
      message: `${facts.policy!.name} promises a copy of ${facts.component.name} in ${unused.map(({ name }) => name).join(', ')}, and no schedule writes there`,
      evidence: [`policy: ${facts.policy!.name}`, `locations in use: ${[...new Set(known)].join(', ') || 'none'}`],
      fix: `kubectl dr policy apply ${facts.application}`,
    }),
  ];
}

function replicationPaused(facts: Facts): Finding[] {
  return facts.replications
    .filter(({ paused }) => paused)
    .map(({ id, name, namespace, cluster, lastSync }) =>
      because(facts, {
        code: 'REPLICATION_PAUSED',
        severity: 'warning',
        message: `${name}, the continuous copy of ${facts.component.name}, is paused${isDatabaseHere(facts) ? ', and it is a database' : ''}`,
        evidence: [`replication: ${id}`, `last synchronised: ${lastSync ?? 'never'}`],
        fix: `Let ${name} in the namespace ${namespace} of ${cluster} run again; until then: ${backupCommand(facts)}`,
      }),
    );
}

function isDatabaseHere(facts: Facts): boolean {
  return facts.workloads.some((workload) => isDatabase(facts.component.type, workload));
}
