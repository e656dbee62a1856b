import { useApi } from '@backstage/core-plugin-api';
import type { PlanRequestBody, PortalPlan } from '@kubectl-dr/backstage-plugin-dr-common';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { useCallback, useEffect, useRef, useState } from 'react';
import { drApiRef } from '../../api/drApi.ts';

/** What the person says with the press: the name where something is changed, and why. */
export interface Saying {
  confirm?: string;
  reason?: string;
}

export interface Planned {
  plan?: PortalPlan;
  /** The plan shown belongs to an earlier choice. */
  computing: boolean;
  planError?: Error;
  startError?: Error;
  /** The plan had gone stale when it was pressed, and was computed again. */
  renewed: boolean;
  starting: boolean;
  replan(): void;
  start(saying: Saying): Promise<WireOperation | undefined>;
}

/** One key per plan and reason: pressing twice, or again after a lost answer, starts nothing twice. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
const outdated = new Set(['PLAN_STALE', 'PLAN_EXPIRED']);

/** Computes the plan as soon as there is a request, and again whenever it is another. */
export function usePlan(application: string, request: PlanRequestBody | undefined): Planned {
  const api = useApi(drApiRef);
  const [planned, setPlanned] = useState<{ key: string; plan?: PortalPlan; error?: Error }>();
  const [round, setRound] = useState(0);
  const [renewed, setRenewed] = useState(false);
  const [starting, setStarting] = useState(false);
  const [startError, setStartError] = useState<Error>();
  const keys = useRef(new Map<string, string>());
  // Objects are made anew with each render: two are the same when they say the same.
  const asked = request && JSON.stringify(request);
  const key = `${application} ${asked} ${round}`;
  const first = useRef(true);

  useEffect(() => {
    if (asked === undefined) return undefined;
    const controller = new AbortController();
    const compute = async (): Promise<void> => {
      try {
        const plan = await api.plan(application, JSON.parse(asked) as PlanRequestBody, controller.signal);
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
  }, [api, application, asked, key]);

  const replan = useCallback(() => {
    setStartError(undefined);
    setRound((n) => n + 1);
  }, []);

  const start = async (saying: Saying): Promise<WireOperation | undefined> => {
    const plan = planned?.key === key ? planned.plan : undefined;
    if (!plan || starting) return undefined;
    const { id, hash } = plan.spec;
    const press = `${id} ${saying.reason ?? ''}`;
    const idempotencyKey = keys.current.get(press) ?? newKey();
    keys.current.set(press, idempotencyKey);
    setStarting(true);
    setStartError(undefined);
    setRenewed(false);
    try {
      return await api.startOperation({ plan: { id, hash }, ...saying }, idempotencyKey);
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
    computing: asked !== undefined && planned?.key !== key,
    planError: planned?.key === key ? planned.error : undefined,
    startError,
    renewed,
    starting,
    replan,
    start,
  };
}
