import { kinds, notes } from '@kubectl-dr/core/engines/stork/kinds';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { at, recordAt, textAt } from '../../api/json.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { type StorkOptions, again, now, write } from './context.ts';
import { type PolicyType, policyTypes, retained, triggered } from './trigger.ts';

export interface Run {
  name: string;
  creationTimestamp: string;
  finishTimestamp: string | null;
  status: string;
}

const over = new Set(['Failed', 'PartialSuccess', 'Successful', 'Purged']);

/** Stork looks every few seconds whether something is due. */
const look = 10_000;

/** Backups by a SchedulePolicy: one at a time, and those that are too many go. */
export function backupScheduleController(options: StorkOptions): Controller {
  const { cluster, behaviour } = options;
  const type = kinds.backupSchedules;
  return {
    name: 'stork backup schedules',
    watches: [own(type)],
    async reconcile({ name, namespace }): Promise<number | void> {
      if (behaviour.down) return again;
      const schedule = await find(cluster, { type, name, namespace: namespace! });
      if (!schedule || schedule.metadata.deletionTimestamp !== undefined) return;
      const items = await updated(options, schedule, kinds.backups);
      const due = at(schedule, 'spec', 'suspend') === true ? undefined : await dueOf(options, schedule, items);
      if (due) {
        const run = `${name}-${due.toLowerCase()}-${stampOf(options.clock.now())}`;
        items[due] = [...(items[due] ?? []), { name: run, creationTimestamp: now(options), finishTimestamp: null, status: 'Pending' }];
        await write(options, type, { name, namespace: namespace! }, { status: { items } });
        await cluster.create(kinds.backups, {
          apiVersion: apiVersionOf(kinds.backups),
          kind: kinds.backups.kind,
          metadata: {
            name: run,
            namespace: namespace!,
            ...(schedule.metadata.labels && { labels: schedule.metadata.labels }),
            annotations: { ...schedule.metadata.annotations, [notes.scheduleName]: name },
          },
          spec: recordAt(schedule, 'spec', 'template', 'spec'),
        });
      }
      await prune(options, schedule, items);
      return look;
    },
  };
}

export type Items = Partial<Record<PolicyType, Run[]>>;

/** The runs of a schedule with how each of them stands now; written where anything is new. */
export async function updated(options: StorkOptions, schedule: KubeObject, made: ResourceType): Promise<Items> {
  const items = structuredClone(recordAt(schedule, 'status', 'items')) as Items;
  let news = false;
  for (const run of Object.values(items).flat()) {
    if (over.has(run.status)) continue;
    const object = await find(options.cluster, { type: made, name: run.name, namespace: schedule.metadata.namespace! });
    const status = object ? textAt(object, 'status', 'status') || 'Pending' : 'Failed';
    if (status === run.status) continue;
    run.status = status;
    if (over.has(status)) run.finishTimestamp = now(options);
    news = true;
  }
  if (news) await write(options, typeOf(schedule), keyOf(schedule), { status: { items } });
  return items;
}

function keyOf({ metadata }: KubeObject): { name: string; namespace: string } {
  return { name: metadata.name, namespace: metadata.namespace! };
}

function typeOf({ kind }: KubeObject) {
  return kind === kinds.migrationSchedules.kind ? kinds.migrationSchedules : kinds.backupSchedules;
}

/** The first type of policy whose time has come, while nothing of the schedule runs. */
export async function dueOf(options: StorkOptions, schedule: KubeObject, items: Items): Promise<PolicyType | undefined> {
  if (
    Object.values(items)
      .flat()
      .some(({ status }) => !over.has(status))
  )
    return undefined;
  const policy = await policyOf(options, schedule);
  if (!policy) return undefined;
  return policyTypes.find((type) => {
    const last = Math.max(0, ...(items[type] ?? []).map(({ creationTimestamp }) => Date.parse(creationTimestamp)));
    return triggered(policy, type, new Date(last), options.clock.now());
  });
}

async function policyOf({ cluster }: StorkOptions, schedule: KubeObject): Promise<unknown> {
  const name = textAt(schedule, 'spec', 'schedulePolicyName');
  const found =
    (await find(cluster, { type: kinds.ownPolicies, name, namespace: schedule.metadata.namespace! })) ??
    (await find(cluster, { type: kinds.policies, name }));
  return found && at(found, 'policy');
}

export function stampOf(time: Date): string {
  return time
    .toISOString()
    .replace('T', '-')
    .replace(/:|\.\d+Z$/g, '');
}

/** As many successful ones as the policy says; what failed stays as long as it is newer than those. */
async function prune(options: StorkOptions, schedule: KubeObject, items: Items): Promise<void> {
  const policy = await policyOf(options, schedule);
  let news = false;
  for (const type of policyTypes) {
    const runs = items[type] ?? [];
    const keep = retained(policy, type);
    const good = runs.flatMap(({ status }, index) => (status === 'Successful' ? [index] : []));
    if (runs.length <= keep || good.length <= keep) continue;
    const cut = good.at(-keep - 1)! + 1;
    for (const { name } of runs.slice(0, cut)) {
      await options.cluster.delete({ type: kinds.backups, name, namespace: schedule.metadata.namespace! }).catch((error: Error) => {
        if (error.name !== 'NotFoundError') throw error;
      });
    }
    items[type] = runs.slice(cut);
    news = true;
  }
  if (news) await write(options, typeOf(schedule), keyOf(schedule), { status: { items } });
}
