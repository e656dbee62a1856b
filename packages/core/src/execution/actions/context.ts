import { labels } from '../../application/model.ts';
import { DrError, InputError } from '../../errors.ts';
import type { Step } from '../../planning/model.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterClient } from '../../ports/cluster.ts';
import type { Engine } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { StepAction } from '../../planning/model.ts';

/** The action of one kind. */
export type Action<K extends StepAction['kind']> = Extract<StepAction, { kind: K }>;

/** Of a step that runs: what its record in the journal says next. */
export interface News {
  message?: string;
  progress?: number;
  nativePhase?: string;
  capturedAt?: string;
}

/** What an action may use. */
export interface ActionContext {
  cluster: ClusterClient;
  engines: readonly Engine[];
  clock: Clock;
  operationId: string;
  stepId: string;
  /** Deterministic: the same for every attempt of the same step of the same operation, until it failed in the engine. */
  name: string;
  /** 1, and more when the engine failed it before. */
  attempt: number;
  /** Namespaces of this cluster that the plan may write to. */
  namespaces: readonly string[];
  /** Another step of the plan, and the name of the native object that it began: of the latest attempt, and of all. */
  other(stepId: string): { step: Step; name: string; names: string[] };
  /** Names of the native restores of all steps of the plan, of all attempts. */
  restores(): string[];
  signal: AbortSignal;
  report(news: News): Promise<void>;
  /** Another cluster of the fleet. */
  peer(name: string): ClusterClient;
}

/** On everything that an operation makes. */
export function ours(context: Pick<ActionContext, 'operationId' | 'stepId'>): Record<string, string> {
  return {
    [labels.operation]: labelText(context.operationId),
    [labels.step]: labelText(context.stepId),
  };
}

export function labelText(text: string): string {
  return text.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '');
}

export function engineOf(id: string, namespace: string, context: ActionContext): { engine: Engine; at: EngineContext } {
  const engine = context.engines.find((candidate) => candidate.id === id);
  if (!engine) throw new InputError(`the engine ${id} of the plan is not known`);
  return { engine, at: { cluster: context.cluster, clock: context.clock, namespace, signal: context.signal } };
}

/** The step cannot succeed by itself. */
export function failed(context: Pick<ActionContext, 'cluster'>, message: string, hint?: string): DrError {
  return new DrError('Error', 'OPERATION_FAILED', message, { cluster: context.cluster.name, ...(hint !== undefined && { hint }) });
}

/** NOT_FOUND as undefined, for `.catch`. */
export function absent(error: unknown): undefined {
  if (error instanceof DrError && error.code === 'NOT_FOUND') return undefined;
  throw error;
}

export interface Poll {
  /** Seconds. */
  timeoutSeconds: number;
  /** Thrown when the time is over. */
  late(): DrError;
}

/** Looks again and again, from 200 ms to 3 s apart, until `look` gives something; what it tells meanwhile is reported. */
export async function until<T>(
  context: ActionContext,
  poll: Poll | 'endless',
  look: (tell: (news: string | News, progress?: number) => void) => Promise<T | undefined>,
): Promise<T> {
  const { clock, signal } = context;
  const deadline = poll === 'endless' ? Infinity : clock.now().getTime() + poll.timeoutSeconds * 1000;
  for (let wait = 200; ; wait = Math.min(wait * 1.5, 3_000)) {
    let news: News | undefined;
    const found = await look((told, progress) => {
      news = typeof told === 'string' ? { message: told, ...(progress !== undefined && { progress }) } : told;
    });
    if (found !== undefined) return found;
    if (poll !== 'endless' && clock.now().getTime() >= deadline) throw poll.late();
    if (news) await context.report(news);
    await clock.sleep(wait, signal);
  }
}
