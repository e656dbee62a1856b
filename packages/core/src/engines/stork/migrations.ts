import { at, listAt, textAt, textList, textsAt, timeOf } from '../../application/raw.ts';
import { labels } from '../../application/model.ts';
import { selectorOf } from '../../application/selector.ts';
import { timetable } from '../../policy/schedule.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { ManagedApplication, PointPhase, Replication } from '../../protection/model.ts';
import { engineId, notes } from './kinds.ts';
import { phaseOf } from './phases.ts';
import { instant, known } from './point.ts';
import type { PolicyTimetable } from './timetable.ts';

type Policies = (name: string, namespace: string) => PolicyTimetable;

export interface Read {
  cluster: string;
  schedules: readonly KubeObject[];
  migrations: readonly KubeObject[];
  pairs: readonly KubeObject[];
  actions: readonly KubeObject[];
  policies: Policies;
}

/** Stork makes one at the other end, suspended for ever, under the same name: a failover is steered by that one. */
export function isStaticCopy(schedule: KubeObject): boolean {
  return textAt(schedule, 'metadata', 'annotations', notes.staticCopy) === 'true';
}

export function specOf(schedule: KubeObject): unknown {
  return at(schedule, 'spec', 'template', 'spec');
}

/** The newest run that a schedule tells of; it keeps them by the type of its policy. */
export function runsOf(schedule: KubeObject): { name: string; status: string; started: number; at: string; ended?: string }[] {
  const items = at(schedule, 'status', 'items');
  if (typeof items !== 'object' || items === null) return [];
  return Object.values(items)
    .flat()
    .flatMap((run: unknown) => {
      const [name, started] = [textAt(run, 'name'), instant(at(run, 'creationTimestamp'))];
      if (name === undefined || started === undefined) return [];
      const ended = instant(at(run, 'finishTimestamp'));
      return [
        { name, status: textAt(run, 'status') ?? '', started: Date.parse(started), at: started, ...(ended !== undefined && { ended }) },
      ];
    })
    .toSorted((a, b) => b.started - a.started);
}

/** Whether a run of a schedule copies still, or has not begun yet. */
export function isUnderWay({ status }: { status: string }): boolean {
  return ['', 'Pending', 'InProgress'].includes(status);
}

/** What stands in the way of a pair, in a few words; undefined: both of its halves are ready. */
export function pairTrouble(pair: KubeObject | undefined, needsStorage: boolean): string | undefined {
  if (!pair) return 'does not exist';
  const [scheduler, storage] = [textAt(pair, 'status', 'schedulerStatus'), textAt(pair, 'status', 'storageStatus')];
  if (scheduler !== 'Ready') return `is not ready: schedulerStatus ${scheduler ?? '(none)'}`;
  return !needsStorage || storage === 'Ready' ? undefined : `cannot move volumes: storageStatus ${storage ?? '(none)'}`;
}

/** A field that Stork takes for true where it is absent. */
export function isOn(spec: unknown, field: string): boolean {
  return at(spec, field) !== false;
}

function peerOf(schedule: KubeObject, cluster: string): string {
  const noted = textAt(schedule, 'metadata', 'annotations', notes.peer);
  // Stork copies the note along with the schedule: there it names the cluster itself.
  return noted !== undefined && noted !== cluster ? noted : (textAt(specOf(schedule), 'clusterPair') ?? '');
}

/** The sending end of each schedule, volume by volume as its newest Migration lists them. */
export function replicationsOf(read: Read): Replication[] {
  return read.schedules
    .filter((schedule) => !isStaticCopy(schedule))
    .flatMap((schedule) => {
      const [name, namespace] = [textAt(schedule, 'metadata', 'name'), textAt(schedule, 'metadata', 'namespace')];
      if (name === undefined || namespace === undefined) return [];
      const runs = runsOf(schedule);
      const good = runs.find(({ status }) => status === 'Successful');
      const migrations = runs.map((run) =>
        read.migrations.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === run.name),
      );
      const [newest] = migrations;
      const volumes = newest ? listAt(newest, 'status', 'volumes') : [];
      // One that has just begun lists none yet.
      const carried = migrations.map((one) => listAt(one, 'status', 'volumes')).find(({ length }) => length > 0) ?? [];
      const table = read.policies(textAt(schedule, 'spec', 'schedulePolicyName') ?? '', namespace);
      const found = timetable(table.expression);
      const pair = read.pairs.find(
        ({ metadata }) => metadata?.namespace === namespace && metadata.name === textAt(specOf(schedule), 'clusterPair'),
      );
      const trouble = table.message ?? pairSentence(pair, specOf(schedule));
      const failed = volumes.find((volume) => textAt(volume, 'status') === 'Failed');
      const phase = trouble === undefined ? runPhase(runs[0]?.status, failed !== undefined) : 'Failed';
      // A schedule lies where Stork lets it speak about other namespaces: a copy is told where its claims are.
      const covered = textList(at(specOf(schedule), 'namespaces'));
      return (covered.length > 0 ? covered : [namespace]).map(
        (of) =>
          ({
            id: `${read.cluster}/${engineId}/${namespace}/${name}${of === namespace ? '' : `/${of}`}`,
            name,
            namespace: of,
            engine: engineId,
            cluster: read.cluster,
            role: 'source' as const,
            delivers: true as const,
            claims: carried.flatMap((volume) =>
              (textAt(volume, 'namespace') ?? covered[0] ?? namespace) === of ? (textAt(volume, 'persistentVolumeClaim') ?? []) : [],
            ),
            paused: at(schedule, 'spec', 'suspend') === true,
            phase,
            nativePhase: runs[0]?.status ?? '',
            ...known({
              to: peerOf(schedule, read.cluster),
              interval: found && 'every' in found ? found.every : undefined,
              lastSync: good?.ended,
              capturedAt: good?.at,
              duration: good?.ended === undefined ? undefined : Math.max(0, (timeOf(good.ended) ?? 0) - good.started),
              message: trouble ?? (failed && textAt(failed, 'reason')) ?? (newest && textAt(newest, 'status', 'reason')),
              application: textAt(schedule, 'metadata', 'labels', labels.application),
              component: textAt(schedule, 'metadata', 'labels', labels.componentOf),
              policy: textAt(schedule, 'metadata', 'labels', labels.policy),
            }),
          }) as Replication,
      );
    });
}

function pairSentence(pair: KubeObject | undefined, spec: unknown): string | undefined {
  const trouble = pairTrouble(pair, isOn(spec, 'includeVolumes'));
  return trouble && `the ClusterPair ${textAt(spec, 'clusterPair') ?? '(none)'} ${trouble}`;
}

function runPhase(status: string | undefined, lacking: boolean): PointPhase {
  const phase = phaseOf({ apiVersion: '', kind: '', metadata: { name: '' }, status: { status: status ?? '' } });
  // Migrations whose objects are gone by now.
  if (status === 'Purged') return 'Succeeded';
  return phase === 'Succeeded' && lacking ? 'Degraded' : phase;
}

/** Applications at the end where they are failed over to: the static copies of this cluster. */
export function managedOf(read: Read): ManagedApplication[] {
  return read.schedules.filter(isStaticCopy).flatMap((schedule): ManagedApplication[] => {
    const [name, namespace] = [textAt(schedule, 'metadata', 'name'), textAt(schedule, 'metadata', 'namespace')];
    if (name === undefined || namespace === undefined) return [];
    const spec = specOf(schedule);
    // A pair has no cluster's name: without the note nobody can tell what the other one is called.
    const noted = textAt(schedule, 'metadata', 'annotations', notes.peer);
    const other = noted === read.cluster ? undefined : noted;
    const active = at(schedule, 'status', 'applicationActivated') === true;
    const moving = read.actions.find(
      (action) => isActing(action) && scheduleOf(action) === name && action.metadata?.namespace === namespace,
    );
    const reverse = reverseOf(read.schedules, schedule);
    const table = timetable(read.policies(textAt(schedule, 'spec', 'schedulePolicyName') ?? '', namespace).expression);
    const selectors = textsAt(spec, 'selectors');
    return [
      {
        id: `${read.cluster}/${engineId}/${namespace}/${name}`,
        name,
        namespace,
        engine: engineId,
        cluster: read.cluster,
        namespaces: textList(at(spec, 'namespaces')),
        wholeNamespaces: true,
        ...(Object.keys(selectors).length > 0 && { labelSelector: selectorOf(selectors) }),
        claims: [],
        places: [...(other === undefined ? [] : [other]), read.cluster],
        ...(active ? { placedAt: read.cluster } : other !== undefined && { placedAt: other }),
        moves: moving ? [] : active ? (reverse ? ['failback'] : []) : ['failover', 'relocate', 'test'],
        ...(moving && { moving: stageText(moving) }),
        ...(active &&
          !reverse && {
            pending: `nothing copies back${other === undefined ? '' : ` to ${other}`}: make a MigrationSchedule from ${read.cluster} to where it came from`,
          }),
        ...(table && 'every' in table && { interval: table.every }),
        phase: moving ? 'Running' : 'Succeeded',
        nativePhase: moving ? stageText(moving) : active ? 'applicationActivated' : '',
      },
    ];
  });
}

/** One from here that covers the same namespaces: what a failback goes by. */
export function reverseOf(schedules: readonly KubeObject[], copy: KubeObject): KubeObject | undefined {
  const wanted = textList(at(specOf(copy), 'namespaces'));
  return schedules.find(
    (schedule) =>
      !isStaticCopy(schedule) &&
      textAt(schedule, 'metadata', 'namespace') === textAt(copy, 'metadata', 'namespace') &&
      wanted.length > 0 &&
      wanted.every((name) => textList(at(specOf(schedule), 'namespaces')).includes(name)),
  );
}

export function scheduleOf(action: KubeObject): string | undefined {
  const parameter = at(action, 'spec', 'actionParameter');
  return (
    textAt(parameter, 'failoverParameter', 'migrationScheduleReference') ??
    textAt(parameter, 'failbackParameter', 'migrationScheduleReference')
  );
}

export function isActing(action: KubeObject): boolean {
  return textAt(action, 'status', 'stage') !== 'Final' && textAt(action, 'metadata', 'deletionTimestamp') === undefined;
}

export function stageText(action: KubeObject): string {
  const [stage, status] = [textAt(action, 'status', 'stage') ?? 'Validations', textAt(action, 'status', 'status')];
  return stage === 'Final' ? (status ?? stage) : status === undefined ? stage : `${stage} (${status})`;
}
