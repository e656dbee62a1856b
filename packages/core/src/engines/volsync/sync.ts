import type { Ends, ReplicationProgress, SyncRequest } from '../../ports/replication.ts';
import { NotFoundError } from '../../errors.ts';
import { type End, lastSyncOf, letCopy, read, typeOf } from './ends.ts';
import { isPaused, lastManualOf, lastStart, manualOf, pulls } from './status.ts';
import { type Advance, advance, askedOf, drainOf, release } from './trigger.ts';

/**
 * Sources first: what restic pulls has to be pushed before. A target of rsync listens all the time and tells by another
 * `lastSyncTime` alone that something arrived, so for those a first sync shows that both ends are in step, and the second counts.
 */
export async function sync(ends: Ends, request: SyncRequest): Promise<ReplicationProgress> {
  const [sources, targets] = await Promise.all([read(ends.source, request.sources), read(ends.target, request.targets)]);
  const claims = targets.map(({ ref }) => {
    const capturedAt = lastStart(partnerOf(ref.claims, sources)?.object ?? { apiVersion: '', kind: '', metadata: { name: '' } });
    return { claim: ref.claims[0] ?? ref.name, ...(capturedAt !== undefined && { capturedAt }) };
  });
  const total = sources.length + targets.length;
  const paused = [...sources, ...targets].find(({ object }) => isPaused(object));
  if (paused) {
    const { name, namespace, cluster } = paused.ref;
    return {
      phase: 'Failed',
      nativePhase: 'Paused',
      message: `${paused.object.kind} ${namespace}/${name} on ${cluster} is paused`,
      claims,
    };
  }
  const sent = await Promise.all(sources.map((end) => send(ends, end, partnerOf(end.ref.claims, targets), request)));
  const received = sent.every(({ done }) => done)
    ? await Promise.all(targets.map((end) => receive(ends, end, partnerOf(end.ref.claims, sources), request)))
    : [];
  const all: Advance[] = [...sent, ...received];
  const done = all.filter((one) => one.done).length;
  const failed = all.find((one) => !one.done && one.failed);
  const news = failed ?? all.find((one) => !one.done && one.message !== undefined);
  const message = news && !news.done ? news.message : undefined;
  return {
    phase: failed ? 'Failed' : done === total ? 'Succeeded' : 'Running',
    nativePhase: failed ? 'Error' : done === total ? 'Synchronized' : received.length === 0 ? 'Sending' : 'Receiving',
    done,
    total,
    ...(message !== undefined && { message }),
    claims,
  };
}

function partnerOf(claims: readonly string[], others: readonly End[]): End | undefined {
  return others.find(({ ref }) => ref.claims.some((claim) => claims.includes(claim))) ?? (others.length === 1 ? others[0] : undefined);
}

async function send(ends: Ends, end: End, target: End | undefined, request: SyncRequest): Promise<Advance> {
  const { object, ref } = end;
  const message = await letCopy(ends.source, end, request.quiesced === true);
  let received: string | undefined;
  if (!pulls(object)) {
    received = target ? lastSyncOf(target.object) : '';
    const drain = drainOf(request.name);
    const inStep = manualOf(object) === drain && lastManualOf(object) === drain;
    // The target has not yet told of the sync that brought both in step: what it tells next would be mistaken for the next.
    if (inStep && askedOf(object)?.received === received) return { done: false };
  }
  const step = await advance(ends.source, typeOf(ref), object, request.name, received);
  return step.done || message === undefined ? step : { message, ...step };
}

async function receive(ends: Ends, { ref, object }: End, source: End | undefined, request: SyncRequest): Promise<Advance> {
  if (pulls(object)) return advance(ends.target, typeOf(ref), object, request.name);
  const before = source && askedOf(source.object)?.received;
  return before !== undefined && lastSyncOf(object) !== before ? { done: true } : { done: false };
}

export async function endSync(ends: Partial<Ends>, request: SyncRequest): Promise<void> {
  for (const [context, refs] of [[ends.source, request.sources] as const, [ends.target, request.targets] as const]) {
    if (!context) continue;
    for (const one of refs) {
      const [end] = await read(context, [one]).catch((error: unknown) => {
        if (error instanceof NotFoundError) return [];
        throw error;
      });
      if (end) await release(context, typeOf(one), end.object, request.name);
    }
  }
}
