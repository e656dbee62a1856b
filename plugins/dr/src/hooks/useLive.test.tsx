import { act, renderHook } from '@testing-library/react';
import { readingLimitSeconds, useLive } from './useLive.ts';

const advance = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1000));
const hide = (hidden: boolean) => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
};

describe('useLive', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('reads at once and then in its interval', async () => {
    let round = 0;
    const read = vi.fn(async () => (round += 1));
    const { result } = renderHook(() => useLive('key', read, 30));
    expect(result.current.loading).toBe(true);
    await advance(0);
    expect(result.current).toMatchObject({ data: 1, loading: false });
    await advance(31);
    expect(result.current.data).toBe(2);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('does not read while the page is hidden, and reads once when it is shown again', async () => {
    const read = vi.fn(async () => 1);
    renderHook(() => useLive('key', read, 30));
    await advance(0);
    hide(true);
    await advance(600);
    expect(read).toHaveBeenCalledTimes(1);
    hide(false);
    await advance(0);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('ends by itself when nothing answers', async () => {
    const { result } = renderHook(() => useLive('key', () => new Promise<number>(() => {}), 0));
    await advance(readingLimitSeconds);
    expect(result.current.loading).toBe(false);
    expect(result.current.error?.name).toBe('ReadingTimeout');
  });

  it('keeps what it has when a later reading fails, and says so', async () => {
    const read = vi.fn<() => Promise<number>>().mockResolvedValueOnce(1).mockRejectedValueOnce(new Error('gone')).mockResolvedValue(2);
    const { result } = renderHook(() => useLive('key', read, 30));
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
    const { result, rerender } = renderHook(({ key }) => useLive(key, read, 0), { initialProps: { key: 'a' } });
    rerender({ key: 'b' });
    expect(signals[0]!.aborted).toBe(true);
    await advance(0);
    expect(result.current.data).toBe('second');
  });

  it('stops when there is no more to come', async () => {
    const read = vi.fn(async () => 'over');
    renderHook(() => useLive('key', read, (data) => (data === 'over' ? undefined : 2)));
    await advance(60);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
