import type { Config } from '@backstage/config';
import { ownerRef } from '@kubectl-dr/core/application/entity-ref';
import type { ReconcileMode } from '@kubectl-dr/backstage-plugin-dr-common';
import { reconcileModeSchema } from '@kubectl-dr/backstage-plugin-dr-common';
import type { TenancyRule } from '@kubectl-dr/core/application/tenancy';
import { InputError } from '@kubectl-dr/core/errors';
import { parseDuration } from '@kubectl-dr/core/policy/duration';

/** `dr:` of the configuration without its clusters. */
export interface Settings {
  namespace: string;
  tenancy: TenancyRule[];
  requireOwnership: boolean;
  /** Entity references in lower case. */
  operators: ReadonlySet<string>;
  /** How many operations one owner may start in an hour. */
  operationsPerHour: number;
  policies: {
    mode: ReconcileMode;
    /** With `apply`: remove what a policy made and no longer asks for. */
    prune: boolean;
  };
  drills: {
    /** The drills that policies ask for are begun by the portal. */
    scheduled: boolean;
    /** How long evidence is kept where a policy does not say it, milliseconds; absent: for ever. */
    keepFor?: number;
  };
  /** Which events owners are told of by the notifications plugin. */
  notifications: { verdicts: boolean; operations: boolean };
}

/** Wrong values are refused at start-up, by the path of their key. */
export function readSettings(root: Config): Settings {
  const config = root.getOptionalConfig('dr');
  const authorization = config?.getOptionalConfig('authorization');
  return {
    namespace: config?.getOptionalString('namespace') ?? 'kubectl-dr',
    tenancy: (config?.getOptionalConfigArray('tenancy') ?? []).map((rule, index) => {
      const cluster = rule.getOptionalString('cluster');
      return {
        namespace: rule.getString('namespace'),
        ...(cluster !== undefined && { cluster }),
        owner: reference(rule.getString('owner'), `dr.tenancy[${index}].owner`),
      };
    }),
    requireOwnership: authorization?.getOptionalBoolean('requireOwnership') ?? true,
    operators: new Set(
      (authorization?.getOptionalStringArray('operators') ?? []).map((text, index) =>
        reference(text, `dr.authorization.operators[${index}]`),
      ),
    ),
    operationsPerHour: positive(config?.getOptionalNumber('quota.operationsPerHour') ?? 30, 'dr.quota.operationsPerHour'),
    policies: {
      mode: reconcileMode(config?.getOptionalString('policies.mode') ?? 'report'),
      prune: config?.getOptionalBoolean('policies.prune') ?? false,
    },
    drills: { scheduled: config?.getOptionalBoolean('drills.scheduled') ?? false, ...kept(config?.getOptionalString('drills.keepFor')) },
    notifications: {
      verdicts: config?.getOptionalBoolean('notifications.verdicts') ?? true,
      operations: config?.getOptionalBoolean('notifications.operations') ?? true,
    },
  };
}

function reconcileMode(text: string): ReconcileMode {
  const mode = reconcileModeSchema.safeParse(text);
  if (mode.success) return mode.data;
  throw new InputError(`dr.policies.mode is none of ${reconcileModeSchema.options.join(', ')}: ${JSON.stringify(text)}`, {
    code: 'BAD_CONFIG',
    hint: 'leave it out for the default, report',
  });
}

function kept(text: string | undefined): { keepFor?: number } {
  return text === undefined ? {} : { keepFor: parseDuration(text, 'dr.drills.keepFor') };
}

function positive(value: number, key: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new InputError(`${key} is not a whole number above zero: ${value}`, {
    code: 'BAD_CONFIG',
    hint: 'leave it out for the default, 30',
  });
}

function reference(text: string, key: string): string {
  const ref = ownerRef(text);
  if (ref !== undefined) return ref;
  throw new InputError(`${key} is not an entity reference: ${JSON.stringify(text)}`, {
    code: 'BAD_CONFIG',
    hint: 'write it as group:default/team-shop',
  });
}
