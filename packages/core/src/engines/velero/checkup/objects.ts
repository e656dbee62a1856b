import { isDatabase } from '../../../application/database.ts';
import { claimsOf, imagesOf } from '../../../application/pod-references.ts';
import { at, listAt, textAt, textsAt } from '../../../application/raw.ts';
import type { Check, EngineSeen, Finding } from '../../../doctor/check.ts';
import { type KubeObject, resourceKey, types } from '../../../ports/kubernetes.ts';
import { objectsOf } from '../../../ports/reading.ts';

const workloadTypes = [types.deployments, types.statefulSets, types.daemonSets];
const exclusion = 'velero.io/exclude-from-backup';
const group = 'velero.io/volume-group';
const pre = 'pre.hook.backup.velero.io';
const post = 'post.hook.backup.velero.io';

/** Checks of what people wrote on their own objects for Velero to see. */
export const objectChecks: readonly Check<EngineSeen>[] = [
  { codes: ['HOOK_UNPAIRED', 'HOOK_LENIENT', 'HOOK_WITHOUT_TIMEOUT', 'HOOK_CONTAINER_MISSING'], needs: workloadTypes, find: hooks },
  { codes: ['EXCLUDED_BY_LABEL'], needs: [...workloadTypes, types.persistentVolumeClaims], find: excluded },
  { codes: ['NOT_ONE_INSTANT'], needs: [types.statefulSets, types.deployments, types.persistentVolumeClaims], find: ungrouped },
];

interface Runs {
  kind: string;
  object: KubeObject;
  annotations: Record<string, string>;
  podSpec: unknown;
}

function workloads({ reading, state }: EngineSeen): Runs[] {
  return workloadTypes.flatMap((type) =>
    objectsOf(reading, resourceKey(type))
      .filter(({ metadata }) => metadata.namespace !== state.installation.namespace)
      .map((object) => ({
        kind: type.kind,
        object,
        annotations: textsAt(object, 'spec', 'template', 'metadata', 'annotations'),
        podSpec: at(object, 'spec', 'template', 'spec'),
      })),
  );
}

function about({ kind, object }: Runs, { reading }: EngineSeen) {
  const { namespace = '', name } = object.metadata;
  return { cluster: reading.cluster, subject: { namespace, kind, name }, label: `${kind} ${namespace}/${name}` };
}

function hooks(seen: EngineSeen): Finding[] {
  return workloads(seen).flatMap((runs): Finding[] => {
    const { annotations, podSpec } = runs;
    const { label, ...where } = about(runs, seen);
    const command = annotations[`${pre}/command`];
    const found: Finding[] = [];
    if (command !== undefined && /fsfreeze.*(?:--freeze|-f\b)/.test(command) && annotations[`${post}/command`] === undefined)
      found.push({
        ...where,
        code: 'HOOK_UNPAIRED',
        severity: 'critical',
        message: `the pre hook of ${label} freezes its file system and no post hook thaws it`,
        evidence: [label, `${pre}/command: ${command}`],
        fix: `Add the annotation ${post}/command with fsfreeze --unfreeze to its pods.`,
      });
    if (command !== undefined && isDatabase(undefined, { images: imagesOf(podSpec) })) {
      if (annotations[`${pre}/on-error`] === 'Continue')
        found.push({
          ...where,
          code: 'HOOK_LENIENT',
          severity: 'warning',
          message: `the backup of the database ${label} goes on when its hook fails, and calls the point Completed`,
          evidence: [label, `${pre}/on-error: Continue`],
          fix: `Set ${pre}/on-error to Fail on its pods.`,
        });
      if (annotations[`${pre}/timeout`] === undefined)
        found.push({
          ...where,
          code: 'HOOK_WITHOUT_TIMEOUT',
          severity: 'info',
          message: `the hook of the database ${label} has no timeout of its own`,
          evidence: [label, `${pre}/command: ${command}`],
          fix: `Set ${pre}/timeout on its pods to what the command may take.`,
        });
    }
    for (const prefix of [pre, post]) {
      const container = annotations[`${prefix}/container`];
      const names = listAt(podSpec, 'containers').map((one) => textAt(one, 'name'));
      if (container === undefined || names.length === 0 || names.includes(container)) continue;
      found.push({
        ...where,
        code: 'HOOK_CONTAINER_MISSING',
        severity: 'warning',
        message: `a hook of ${label} runs in the container ${container}, which its pods do not have`,
        evidence: [label, `containers: ${names.join(', ')}`],
        fix: `Correct the annotation ${prefix}/container.`,
      });
    }
    return found;
  });
}

function excluded(seen: EngineSeen): Finding[] {
  const { reading, state } = seen;
  const byNamespace = new Map<string, string[]>();
  for (const type of [...workloadTypes, types.persistentVolumeClaims, types.namespaces]) {
    for (const { metadata } of objectsOf(reading, resourceKey(type))) {
      const namespace = metadata.namespace ?? metadata.name;
      if (metadata.labels?.[exclusion] !== 'true' || namespace === state.installation.namespace) continue;
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), `${type.kind} ${namespace}/${metadata.name}`]);
    }
  }
  return [...byNamespace].map(([namespace, objects]) => ({
    code: 'EXCLUDED_BY_LABEL',
    severity: 'warning',
    cluster: reading.cluster,
    subject: { namespace },
    message: `${objects.length === 1 ? objects[0]! : `${objects.length} objects in ${namespace}`} on ${reading.cluster} ${objects.length === 1 ? 'is' : 'are'} left out of every backup by the label ${exclusion}`,
    evidence: objects.slice(0, 8),
    fix: `Unless it is meant: kubectl --context ${reading.cluster} -n ${namespace} label pvc,deploy,sts,ds --all ${exclusion}-`,
  }));
}

/** Several volumes of one workload without a hook, and without the label that makes Velero take them together. */
function ungrouped(seen: EngineSeen): Finding[] {
  const claims = new Map(
    objectsOf(seen.reading, 'persistentvolumeclaims').map((claim) => [`${claim.metadata.namespace}/${claim.metadata.name}`, claim]),
  );
  return workloads(seen).flatMap((runs): Finding[] => {
    const { object, podSpec, annotations } = runs;
    const { label, ...where } = about(runs, seen);
    const { namespace, name } = object.metadata;
    // One pod with several volumes: replicas of a set are each consistent in themselves.
    const templated = listAt(object, 'spec', 'volumeClaimTemplates').flatMap((template) => {
      const claim = textAt(template, 'metadata', 'name');
      return claim === undefined ? [] : [`${claim}-${name}-0`];
    });
    const own = [...claimsOf(podSpec), ...templated].flatMap((claim) => claims.get(`${namespace}/${claim}`) ?? []);
    const groups = new Set(own.map(({ metadata }) => metadata.labels?.[group]));
    if (own.length < 2 || annotations[`${pre}/command`] !== undefined || (groups.size === 1 && !groups.has(undefined))) return [];
    return [
      {
        ...where,
        code: 'NOT_ONE_INSTANT',
        severity: 'info',
        message: `the ${own.length} volumes of ${label} are captured one after the other: neither a hook nor the label ${group} holds them together`,
        evidence: own.map(({ metadata }) => `PersistentVolumeClaim ${namespace}/${metadata.name}`),
        fix: `Give them one label: kubectl --context ${seen.reading.cluster} -n ${namespace} label pvc ${own.map(({ metadata }) => metadata.name).join(' ')} ${group}=${name}`,
      },
    ];
  });
}
