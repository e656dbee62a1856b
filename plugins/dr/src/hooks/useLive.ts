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

/**
 * Reads now and again every `seconds` while the page is visible. `key` names what is read: when it changes, the old
 * data is dropped. A failed refresh keeps the data and says so in `error`.
 */
export function useLive<T>(
  key: string | undefined,
  read: (signal: AbortSignal) => Promise<T>,
  seconds: number | ((data: T | undefined) => number | undefined),
): Live<T> {
  const [state, setState] = useState<{ key?: string; data?: T; error?: Error }>({});
  const [round, setRound] = useState(0);
  const latest = useRef({ read, seconds });
  latest.current = { read, seconds };
  const refresh = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    if (key === undefined) return undefined;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let due = false;

    const tick = async (): Promise<void> => {
      due = false;
      let known: T | undefined;
      try {
        const data = await limited(latest.current.read, controller.signal);
        if (controller.signal.aborted) return;
        known = data;
        setState({ key, data });
      } catch (thrown) {
        if (controller.signal.aborted) return;
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        setState((before) => (before.key === key ? { ...before, error } : { key, error }));
      }
      const wish = latest.current.seconds;
      const interval = typeof wish === 'function' ? wish(known) : wish;
      if (interval) timer = setTimeout(next, untilNextTick(interval * 1000));
    };
    const next = (): void => {
      if (document.hidden) due = true;
      else void tick();
    };
    const onVisible = (): void => {
      if (due && !document.hidden) void tick();
    };
    document.addEventListener('visibilitychange', onVisible);
    void tick();
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, round]);

  const mine = state.key === key ? state : {};
  return { data: mine.data, error: mine.error, loading: key !== undefined && mine.data === undefined && !mine.error, refresh };
}
