import { useApi } from '@backstage/core-plugin-api';
import type { WireOperation, WirePlan } from '@kubectl-dr/core/wire/plan';
import { useCallback, useEffect, useRef, useState } from 'react';
import { drApiRef } from '../../api/drApi.ts';

export interface RestoreChoice {
  /** A point's id; absent: the newest usable of each component. */
  point?: string;
  components: string[];
  /** Absent: the planner chooses. */
  namespace?: string;
}

export interface Restore {
  plan?: WirePlan;
  /** The plan shown belongs to an earlier choice. */
  computing: boolean;
  planError?: Error;
  startError?: Error;
  /** The plan had gone stale when it was pressed, and was computed again. */
  renewed: boolean;
  starting: boolean;
  replan(): void;
  start(): Promise<WireOperation | undefined>;
}

/** One key per plan: pressing twice, or again after a lost answer, starts nothing twice. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
const outdated = new Set(['PLAN_STALE', 'PLAN_EXPIRED']);

/** Computes the plan of a clone as soon as it is used, and again whenever the choice changes. */
export function useRestore(application: string, choice: RestoreChoice, enabled: boolean): Restore {
  const api = useApi(drApiRef);
  const [planned, setPlanned] = useState<{ key: string; plan?: WirePlan; error?: Error }>();
  const [round, setRound] = useState(0);
  const [renewed, setRenewed] = useState(false);
  const [starting, setStarting] = useState(false);
  const [startError, setStartError] = useState<Error>();
  const keys = useRef(new Map<string, string>());
  const { point, namespace } = choice;
  const components = choice.components.join(' ');
  const key = JSON.stringify([application, point, components, namespace, round]);
  const first = useRef(true);

  useEffect(() => {
    if (!enabled || components === '') return undefined;
    const controller = new AbortController();
    const compute = async (): Promise<void> => {
      const request = { intent: 'Restore' as const, mode: 'clone' as const, components: components.split(' '), point, namespace };
      try {
        const plan = await api.plan(application, request, controller.signal);
        if (!controller.signal.aborted) setPlanned({ key, plan });
      } catch (thrown) {
        if (!controller.signal.aborted) setPlanned({ key, error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
      }
    };
    // At once when the dialog opens; after that wait for the typing to pause.
    const timer = setTimeout(() => void compute(), first.current ? 0 : 300);
    first.current = false;
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, application, components, point, namespace, enabled, key]);

  const replan = useCallback(() => {
    setStartError(undefined);
    setRound((n) => n + 1);
  }, []);

  const start = async (): Promise<WireOperation | undefined> => {
    const plan = planned?.key === key ? planned.plan : undefined;
    if (!plan || starting) return undefined;
    const { id, hash } = plan.spec;
    const idempotencyKey = keys.current.get(id) ?? newKey();
    keys.current.set(id, idempotencyKey);
    setStarting(true);
    setStartError(undefined);
    setRenewed(false);
    try {
      return await api.startOperation({ plan: { id, hash } }, idempotencyKey);
    } catch (thrown) {
      if (outdated.has(codeOf(thrown) ?? '')) {
        setRenewed(true);
        setRound((n) => n + 1);
      } else {
        setStartError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
      return undefined;
    } finally {
      setStarting(false);
    }
  };

  return {
    plan: planned?.plan,
    computing: planned?.key !== key && components !== '',
    planError: planned?.key === key ? planned.error : undefined,
    startError,
    renewed,
    starting,
    replan,
    start,
  };
}
