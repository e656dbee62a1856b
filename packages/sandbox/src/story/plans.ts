import type { ClusterName } from '../sandbox.ts';

export interface SchedulePlan {
  cluster: ClusterName;
  name: string;
  application: string;
  expression: string;
  /** The Backup's spec, without its time to live. */
  template: Record<string, unknown>;
  /** How long its points are kept. */
  keepDays: number;
  /** Set when it was paused so many days ago. */
  pausedDays?: number;
  /** How a run ended, by its place from the newest (0); undefined: well. */
  outcome?(fromNewest: number): { phase: 'Failed' | 'PartiallyFailed'; message: string } | undefined;
}

export const skipLargeVolumes = 'skip-large-volumes';

/** The schedules behind the points. Times are set by the time at which the story begins, so that it always looks the same. */
export function schedulePlans(now: Date): SchedulePlan[] {
  const moved = { snapshotMoveData: true };
  return [
    {
      // Somebody made it faster: volumes of 100Gi and more are left out, and with them the database of the orders.
      cluster: 'east',
      name: 'east-shop-hourly',
      application: 'shop',
      expression: hourly(now, 25),
      template: { includedNamespaces: ['shop'], ...moved, resourcePolicy: { kind: 'configmap', name: skipLargeVolumes } },
      keepDays: 3,
    },
    {
      cluster: 'east',
      name: 'east-shop-daily',
      application: 'shop',
      expression: daily(now, 5 * 60 + 25),
      template: { includedNamespaces: ['shop'], ...moved },
      keepDays: 30,
    },
    {
      cluster: 'east',
      name: 'east-payments-hourly',
      application: 'shop',
      expression: hourly(now, 40),
      template: { includedNamespaces: ['payments'], ...moved },
      keepDays: 2,
    },
    {
      cluster: 'east',
      name: 'east-payments-daily',
      application: 'shop',
      expression: daily(now, 7 * 60 + 10),
      template: { includedNamespaces: ['payments'], ...moved },
      keepDays: 30,
    },
    {
      cluster: 'west',
      name: 'west-shop-ml',
      application: 'shop',
      expression: everyFourHours(now, 70),
      template: { includedNamespaces: ['shop-ml'], ...moved },
      keepDays: 14,
    },
    {
      cluster: 'east',
      name: 'east-newsletter',
      application: 'newsletter',
      expression: daily(now, 6 * 60),
      template: { includedNamespaces: ['newsletter'], ...moved },
      keepDays: 30,
      outcome: (fromNewest) =>
        fromNewest === 3
          ? { phase: 'PartiallyFailed', message: 'hook in pod mailer-7d6f failed: command terminated with exit code 1' }
          : undefined,
    },
    {
      cluster: 'east',
      name: 'east-warehouse',
      application: 'warehouse',
      expression: everyFourHours(now, 95),
      template: { includedNamespaces: ['warehouse'], ...moved },
      keepDays: 14,
    },
    {
      cluster: 'west',
      name: 'west-analytics',
      application: 'analytics',
      expression: daily(now, 4 * 60),
      template: { includedNamespaces: ['analytics'], ...moved },
      keepDays: 30,
      outcome: (fromNewest) =>
        fromNewest === 0
          ? { phase: 'Failed', message: 'found a backup with status "InProgress" during the server starting, mark it as "Failed"' }
          : undefined,
    },
    {
      cluster: 'east',
      name: 'east-crm',
      application: 'crm',
      expression: everyFourHours(now, 30),
      template: { includedNamespaces: ['crm'], ...moved },
      keepDays: 30,
      pausedDays: 12,
    },
  ];
}

function ago(now: Date, minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000);
}

function hourly(now: Date, lastMinutesAgo: number): string {
  return `${ago(now, lastMinutesAgo).getUTCMinutes()} * * * *`;
}

function everyFourHours(now: Date, lastMinutesAgo: number): string {
  const last = ago(now, lastMinutesAgo);
  return `${last.getUTCMinutes()} ${last.getUTCHours() % 4}-23/4 * * *`;
}

function daily(now: Date, lastMinutesAgo: number): string {
  const last = ago(now, lastMinutesAgo);
  return `${last.getUTCMinutes()} ${last.getUTCHours()} * * *`;
}
