import { signalApiRef } from '@backstage/plugin-signals-react';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import type { SignalMessage, VerdictCounts } from '@kubectl-dr/backstage-plugin-dr-common';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { ownersRhythm } from './rhythms.ts';
import { readingLimitSeconds, useLive } from './useLive.ts';

const advance = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1000));
const hide = (hidden: boolean) => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
};

const alone = { wrapper: ({ children }: { children: ReactNode }) => <TestApiProvider apis={[]}>{children}</TestApiProvider> };

/** The signals plugin, with a hand on the other end. */
function signals() {
  const listeners = new Set<(message: never) => void>();
  const api = {
    subscribe: (_: string, listener: (message: never) => void) => {
      listeners.add(listener);
      return { unsubscribe: () => void listeners.delete(listener) };
    },
  };
  return {
    listeners,
    send: (message: SignalMessage) => act(async () => listeners.forEach((listener) => listener(message as never))),
    wrapper: ({ children }: { children: ReactNode }) => <TestApiProvider apis={[[signalApiRef, api]]}>{children}</TestApiProvider>,
  };
}

describe('useLive', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('reads at once and then in its interval', async () => {
    let round = 0;
    const read = vi.fn(async () => (round += 1));
    const { result } = renderHook(() => useLive('key', read, { seconds: 30 }), alone);
    expect(result.current.loading).toBe(true);
    await advance(0);
    expect(result.current).toMatchObject({ data: 1, loading: false });
    await advance(31);
    expect(result.current.data).toBe(2);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('does not read while the page is hidden, and reads once when it is shown again', async () => {
    const read = vi.fn(async () => 1);
    renderHook(() => useLive('key', read, { seconds: 30 }), alone);
    await advance(0);
    hide(true);
    await advance(600);
    expect(read).toHaveBeenCalledTimes(1);
    hide(false);
    await advance(0);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('ends by itself when nothing answers', async () => {
    const { result } = renderHook(() => useLive('key', () => new Promise<number>(() => {}), { seconds: 0 }), alone);
    await advance(readingLimitSeconds);
    expect(result.current.loading).toBe(false);
    expect(result.current.error?.name).toBe('ReadingTimeout');
  });

  it('keeps what it has when a later reading fails, and says so', async () => {
    const read = vi.fn<() => Promise<number>>().mockResolvedValueOnce(1).mockRejectedValueOnce(new Error('gone')).mockResolvedValue(2);
    const { result } = renderHook(() => useLive('key', read, { seconds: 30 }), alone);
    await advance(0);
    await advance(31);
    expect(result.current).toMatchObject({ data: 1, error: { message: 'gone' } });
    await advance(31);
    expect(result.current).toMatchObject({ data: 2, error: undefined });
  });

  it('drops what belongs to another key, and aborts its reading', async () => {
    const signals: AbortSignal[] = [];
    const read = (signal: AbortSignal) => {
      signals.push(signal);
      return signals.length === 1 ? new Promise<string>(() => {}) : Promise.resolve('second');
    };
    const { result, rerender } = renderHook(({ key }) => useLive(key, read, { seconds: 0 }), { initialProps: { key: 'a' }, ...alone });
    rerender({ key: 'b' });
    expect(signals[0]!.aborted).toBe(true);
    await advance(0);
    expect(result.current.data).toBe('second');
  });

  it('stops when there is no more to come', async () => {
    const read = vi.fn(async () => 'over');
    renderHook(() => useLive('key', read, { seconds: (data) => (data === 'over' ? undefined : 2) }), alone);
    await advance(60);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('reads when a signal says so, no closer than two seconds, and then asks less by itself', async () => {
    const { send, wrapper, listeners } = signals();
    const read = vi.fn(async () => 1);
    const wakes = (message: SignalMessage) => message.type === 'operation' && message.id === 'mine';
    const { unmount } = renderHook(() => useLive('key', read, { seconds: 2, wakes }), { wrapper });
    await advance(0);
    await send({ type: 'operation', id: 'other' });
    await send({ type: 'operation', id: 'mine' });
    await send({ type: 'operation', id: 'mine' });
    await advance(1);
    expect(read).toHaveBeenCalledTimes(1);
    await advance(1.5);
    expect(read).toHaveBeenCalledTimes(2);
    await advance(10);
    const afterSignal = read.mock.calls.length;
    await advance(31);
    expect(afterSignal).toBeLessThanOrEqual(3);
    expect(read.mock.calls.length).toBeGreaterThan(2);
    unmount();
    expect(listeners.size).toBe(0);
  });

  it('asks no more often than every 30 seconds once any part of the page has heard a signal', async () => {
    const { send, wrapper } = signals();
    const fleet = renderHook(() => useLive('fleet', async () => 1, { seconds: 30 }), { wrapper });
    await advance(0);
    await send({ type: 'fleet' });
    fleet.unmount();
    const read = vi.fn(async () => 1);
    renderHook(() => useLive('operation', read, { seconds: 2 }), { wrapper });
    await advance(0);
    for (let minute = 0; minute < 5; minute += 1) {
      const before = read.mock.calls.length;
      await advance(60);
      expect(read.mock.calls.length - before).toBe(2);
    }
  });

  it('reads a fleet of many applications once an interval, however many signals come, and a small one when they come', async () => {
    const readings = async (size: number) => {
      const { send, wrapper } = signals();
      const read = vi.fn(async () => [{ total: size, verdicts: {} as VerdictCounts }]);
      const { unmount } = renderHook(() => useLive('owners', read, ownersRhythm), { wrapper });
      await advance(0);
      for (let second = 0; second < 90; second += 1) {
        await send({ type: 'fleet' });
        await advance(1);
      }
      unmount();
      return read.mock.calls.length;
    };
    expect(await readings(5000)).toBeLessThanOrEqual(4);
    expect(await readings(5)).toBeGreaterThan(20);
  });

  it('keeps a signal for the moment when the page is shown again', async () => {
    const { send, wrapper } = signals();
    const read = vi.fn(async () => 1);
    renderHook(() => useLive('key', read, { seconds: 0, wakes: () => true }), { wrapper });
    await advance(5);
    hide(true);
    await send({ type: 'fleet' });
    await advance(60);
    expect(read).toHaveBeenCalledTimes(1);
    hide(false);
    await advance(0);
    expect(read).toHaveBeenCalledTimes(2);
  });
});
