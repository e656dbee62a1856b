import { at, listAt, numberAt, textAt } from '../../../application/raw.ts';
import type { Check, EngineSeen, Finding } from '../../../doctor/check.ts';
import { resourceKey, types } from '../../../ports/kubernetes.ts';
import { objectsOf } from '../../../ports/reading.ts';
import { veleroKinds } from '../kinds.ts';
import { flag } from '../schema.ts';

/** So many restarts are no accident. */
const restartsAllowed = 3;

/** Checks of Velero's own workloads, which lie in its namespace. */
export const serverChecks: readonly Check<EngineSeen>[] = [
  { codes: ['ENGINE_DOWN'], needs: [types.deployments], find: serverReady },
  { codes: ['ENGINE_RESTARTS'], needs: [types.pods], find: restarts },
  { codes: ['NODE_AGENT_INCOMPLETE'], needs: [types.daemonSets], find: nodeAgent },
];

function serverReady({ reading, state }: EngineSeen): Finding[] {
  const { namespace } = state.installation;
  const server = objectsOf(reading, 'deployments.apps').find(
    ({ metadata }) => metadata.name === 'velero' && metadata.namespace === namespace,
  );
  // A server under another name is no server that is down.
  if (!server || (numberAt(server, 'status', 'readyReplicas') ?? 0) > 0) return [];
  return [
    {
      code: 'ENGINE_DOWN',
      severity: 'critical',
      cluster: reading.cluster,
      message: `the Velero server on ${reading.cluster} is not ready: nothing is backed up, and nothing can be restored`,
      evidence: [`Deployment ${namespace}/velero`, `ready: 0 of ${numberAt(server, 'spec', 'replicas') ?? 1}`],
      fix: `kubectl --context ${reading.cluster} -n ${namespace} logs deployment/velero`,
    },
  ];
}

function restarts({ reading, state }: EngineSeen): Finding[] {
  const { namespace } = state.installation;
  return objectsOf(reading, 'pods')
    .filter(({ metadata }) => metadata.namespace === namespace && /^(?:velero|node-agent)-/.test(metadata.name))
    .flatMap((pod) =>
      listAt(pod, 'status', 'containerStatuses').flatMap((container): Finding[] => {
        const count = numberAt(container, 'restartCount') ?? 0;
        const reason = textAt(container, 'lastState', 'terminated', 'reason');
        const outOfMemory = reason === 'OOMKilled';
        if (count < restartsAllowed && !outOfMemory) return [];
        return [
          {
            code: 'ENGINE_RESTARTS',
            severity: 'warning',
            cluster: reading.cluster,
            message: `${pod.metadata.name} on ${reading.cluster} has restarted ${count} times${reason ? `, the last time as ${reason}` : ''}: each restart fails what runs`,
            evidence: [`Pod ${namespace}/${pod.metadata.name}`, `container: ${textAt(container, 'name') ?? '?'}`],
            fix: outOfMemory
              ? `Raise its memory limit: kubectl --context ${reading.cluster} -n ${namespace} set resources ${pod.metadata.name.startsWith('velero-') ? 'deployment/velero' : 'daemonset/node-agent'} --limits=memory=1Gi`
              : `kubectl --context ${reading.cluster} -n ${namespace} logs ${pod.metadata.name} --previous`,
          },
        ];
      }),
    );
}

/** Does anything here need a node agent: a copy that it made, or a schedule that asks for one? */
function isWanted({ reading }: EngineSeen): boolean {
  const moved = [veleroKinds.podVolumeBackups, veleroKinds.dataUploads].some((type) => objectsOf(reading, resourceKey(type)).length > 0);
  return (
    moved ||
    objectsOf(reading, resourceKey(veleroKinds.schedules)).some((schedule) =>
      [at(schedule, 'spec', 'template', 'defaultVolumesToFsBackup'), at(schedule, 'spec', 'template', 'snapshotMoveData')].some(flag),
    )
  );
}

function nodeAgent(seen: EngineSeen): Finding[] {
  const { reading, state } = seen;
  const { namespace } = state.installation;
  if (!isWanted(seen)) return [];
  const agent = objectsOf(reading, 'daemonsets.apps').find(
    ({ metadata }) => metadata.name === 'node-agent' && metadata.namespace === namespace,
  );
  const wanted = numberAt(agent, 'status', 'desiredNumberScheduled') ?? 0;
  const ready = numberAt(agent, 'status', 'numberReady') ?? 0;
  if (agent && ready >= wanted) return [];
  return [
    {
      code: 'NODE_AGENT_INCOMPLETE',
      severity: 'warning',
      cluster: reading.cluster,
      message: agent
        ? `the node agent on ${reading.cluster} is ready on ${ready} of ${wanted} nodes: volumes of pods on the others are not copied`
        : `volumes are copied by a node agent, and ${reading.cluster} has none`,
      evidence: [`DaemonSet ${namespace}/node-agent`, `ready: ${ready} of ${wanted}`],
      fix: agent
        ? `kubectl --context ${reading.cluster} -n ${namespace} get pods -l name=node-agent -o wide`
        : 'Install it: velero install --use-node-agent',
    },
  ];
}
