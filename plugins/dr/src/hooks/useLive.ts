import { useApiHolder } from '@backstage/core-plugin-api';
import { type SignalApi, signalApiRef } from '@backstage/plugin-signals-react';
import { signalChannel, type SignalMessage } from '@kubectl-dr/backstage-plugin-dr-common';
import { useCallback, useEffect, useRef, useState } from 'react';

export interface Live<T> {
  data?: T;
  error?: Error;
  /** Nothing was read yet. Bounded: ends in data or in an error. */
  loading: boolean;
  refresh(): void;
}

/** No reading may take longer: a spinner without an end says nothing. */
export const readingLimitSeconds = 20;

/** Timers of one page fire together, so that their requests can share one; pages are spread over the interval. */
const phase = Math.floor(Math.random() * 1000);
const untilNextTick = (interval: number): number => interval - ((Date.now() + phase) % interval);

export class ReadingTimeout extends Error {
  override readonly name = 'ReadingTimeout';
}

function limited<T>(read: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new ReadingTimeout('No answer')), readingLimitSeconds * 1000);
    read(signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Reads that signals ask for come no closer than this: a busy fleet changes all the time. */
const gapMs = 2000;
/** Everybody gets the same signal at the same moment. */
const spread = (): number => Math.random() * 300;
/** Once signals arrive there is no reason to ask more often. */
const secondsWithSignals = 30;
/** Those that have brought a signal: an app may have the plugin, and its backend not. */
const heard = new WeakSet<SignalApi>();

export interface Rhythm<T> {
  /** How long to wait before it is read again; undefined: it does not change any more. */
  seconds: number | ((data: T | undefined) => number | undefined);
  /** Whether what changed in the backend concerns what is read here. */
  wakes?(message: SignalMessage): boolean;
  /** How close together readings that signals ask for may begin, where what is known costs more than a small answer. */
  gapSeconds?(data: T | undefined): number | undefined;
}

/**
 * Reads now, when a signal says so, and at an interval while the page is visible. `key` names what is read: when it
 * changes, the old data is dropped. A failed refresh keeps the data and says so in `error`.
 */
export function useLive<T>(key: string | undefined, read: (signal: AbortSignal) => Promise<T>, rhythm: Rhythm<T>): Live<T> {
  const signals = useApiHolder().get(signalApiRef);
  const [state, setState] = useState<{ key?: string; data?: T; error?: Error }>({});
  const [round, setRound] = useState(0);
  const latest = useRef({ read, rhythm });
  latest.current = { read, rhythm };
  const refresh = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    if (key === undefined) return undefined;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** When the running, else the last reading began. */
    let began = 0;
    let reading = false;
    /** What was read last; a failure does not make it smaller. */
    let last: T | undefined;
    /** A signal came during a reading, or while the page was hidden. */
    let due = false;

    const after = (milliseconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(next, milliseconds);
    };
    const tick = async (): Promise<void> => {
      due = false;
      reading = true;
      began = Date.now();
      let known: T | undefined;
      try {
        const data = await limited(latest.current.read, controller.signal);
        if (controller.signal.aborted) return;
        known = last = data;
        setState({ key, data });
      } catch (thrown) {
        if (controller.signal.aborted) return;
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        setState((before) => (before.key === key ? { ...before, error } : { key, error }));
      }
      reading = false;
      const { seconds } = latest.current.rhythm;
      const wish = typeof seconds === 'function' ? seconds(known) : seconds;
      if (due) soon();
      else if (wish) after(untilNextTick((signals && heard.has(signals) ? Math.max(wish, secondsWithSignals) : wish) * 1000));
    };
    const next = (): void => {
      if (document.hidden) due = true;
      else void tick();
    };
    const soon = (): void => {
      if (reading) due = true;
      else {
        const wish = latest.current.rhythm.gapSeconds?.(last);
        after(Math.max(0, began + (wish === undefined ? gapMs : wish * 1000) - Date.now()) + spread());
      }
    };
    const onVisible = (): void => {
      if (due && !document.hidden && !reading) void tick();
    };
    const subscription = signals?.subscribe<SignalMessage>(signalChannel, (message) => {
      heard.add(signals);
      if (latest.current.rhythm.wakes?.(message)) soon();
    });
    document.addEventListener('visibilitychange', onVisible);
    void tick();
    return () => {
      controller.abort();
      clearTimeout(timer);
      subscription?.unsubscribe();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, round, signals]);

  const mine = state.key === key ? state : {};
  return { data: mine.data, error: mine.error, loading: key !== undefined && mine.data === undefined && !mine.error, refresh };
}
