import { coalesce } from './coalesce.ts';

describe('coalesce', () => {
  it('asks once for what is wanted at about the same time, each key once', async () => {
    const load = vi.fn(async (keys: string[]) => new Map(keys.map((key) => [key, key.toUpperCase()])));
    const one = coalesce(load);
    expect(await Promise.all([one('a'), one('b'), one('a')])).toEqual(['A', 'B', 'A']);
    expect(load.mock.calls).toEqual([[['a', 'b']]]);
    expect(await one('a')).toBe('A');
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('splits what would be too much for one request, and fails only the part that failed', async () => {
    const load = vi.fn(async (keys: string[]) => {
      if (keys.includes('150')) throw new Error('no');
      return new Map(keys.map((key) => [key, key]));
    });
    const one = coalesce(load);
    const results = await Promise.allSettled(Array.from({ length: 201 }, (_, index) => one(String(index))));
    expect(load.mock.calls.map(([keys]) => keys.length)).toEqual([100, 100, 1]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(100);
  });

  it('rejects a key about which nothing was said', async () => {
    await expect(coalesce(async () => new Map<string, string>())('a')).rejects.toThrow('nothing about a');
  });
});
