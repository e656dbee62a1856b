import { plain, plainAll } from './plain.ts';

describe('text from a cluster', () => {
  it('shows what is invisible, and lets nothing reorder a line', () => {
    expect(plain('a\u0000b\u001b[31mred\u202egnp.exe')).toBe('a\ufffdb\ufffd[31mred\ufffdgnp.exe');
    expect(plain('two\nlines\tand a tab')).toBe('two\nlines\tand a tab');
    expect(plain('数据库 – é 🙂')).toBe('数据库 – é 🙂');
  });

  it('cuts what no person would read', () => {
    expect(plain('x'.repeat(1_000_000))).toHaveLength(2001);
  });

  it('reaches every string of a value, and nothing else', () => {
    const value = { name: 'a\u202eb', list: ['\u0007', 1, null, { deep: '\u200f' }], fine: true };
    expect(plainAll(value)).toEqual({ name: 'a\ufffdb', list: ['\ufffd', 1, null, { deep: '\ufffd' }], fine: true });
  });
});
