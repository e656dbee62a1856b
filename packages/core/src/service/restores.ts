import type { Operation } from '../execution/model.ts';
import type { OperationState } from '../execution/states.ts';
import type { RestoreMode } from '../planning/model.ts';
import type { NativeRestore, PointPhase } from '../protection/model.ts';

/** Something was brought back, or is: by an operation of ours, or by an engine that somebody else asked. */
export interface Restore {
  /** The operation's id, or the engine's own name. */
  name: string;
  /** Unique over the fleet. */
  id: string;
  cluster: string;
  /** Of the engine's own record. */
  namespace?: string;
  engine?: string;
  application?: string;
  /** Names of the points. */
  points: string[];
  /** Where from and where to; `*` for everything of a point. */
  namespaces: { from: string; to: string }[];
  mode?: RestoreMode;
  state: OperationState | PointPhase;
  /** The engine's own word. */
  nativePhase?: string;
  operation?: string;
  requestedBy?: string;
  requestedAt?: string;
  endedAt?: string;
  errors?: number;
  warnings?: number;
  items?: number;
  message?: string;
}

/**
 * Newest first. What an operation asked an engine for is told by the operation, which knows whose it is and how it ended; only
 * where its journal is gone or cannot be read the engine's record speaks for it.
 */
export function restoresOf(native: readonly NativeRestore[], operations: readonly Operation[]): Restore[] {
  const own = operations.filter(({ plan }) => plan.intent === 'Restore');
  const told = new Set(own.map(({ id }) => id));
  return [...own.map(ofOperation), ...native.filter(({ operation }) => operation === undefined || !told.has(operation)).map(ofEngine)].sort(
    (a, b) => ((a.requestedAt ?? '') < (b.requestedAt ?? '') ? 1 : -1),
  );
}

function ofOperation({ id, plan, state, requestedBy, requestedAt, endedAt, message }: Operation): Restore {
  const [target] = plan.target;
  const mapped = plan.waves.flat().flatMap(({ action }) => (action.kind === 'engine.restore' ? [action.request] : []));
  const pairs = mapped.flatMap(({ namespaces, namespaceMapping }) =>
    namespaces.map((from) => ({ from, to: namespaceMapping[from] ?? from })),
  );
  const namespaces = pairs.length > 0 ? pairs : (target?.namespaces ?? []).map((name) => ({ from: name, to: name }));
  return {
    name: id,
    id,
    cluster: target?.cluster ?? plan.home,
    ...(plan.points[0] && { engine: plan.points[0].pointId.split('/')[1]! }),
    application: plan.application,
    points: [...new Set(plan.points.map(({ pointId }) => pointId.split('/').slice(3).join('/')))],
    namespaces: [...new Map(namespaces.map((pair) => [`${pair.from} ${pair.to}`, pair])).values()],
    ...(plan.mode && { mode: plan.mode }),
    state,
    operation: id,
    requestedBy,
    requestedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(message !== undefined && { message }),
  };
}

function ofEngine({ phase, point, namespaces, namespaceMapping, createdAt, startedAt, ...rest }: NativeRestore): Restore {
  const requestedAt = createdAt ?? startedAt;
  const names = namespaces === '*' ? [...new Set(['*', ...Object.keys(namespaceMapping)])] : namespaces;
  return {
    ...rest,
    points: point === undefined ? [] : [point],
    namespaces: names.map((from) => ({ from, to: namespaceMapping[from] ?? from })),
    state: phase,
    ...(requestedAt !== undefined && { requestedAt }),
  };
}
