import { Censor } from './Censor.ts';
import { extended, unchanging } from './unchanging.ts';

const secret = 'https://key:hidden-word@store';
const shown = 'https://key:(not shown)@store';

describe('Censor', () => {
  const censor = new Censor(['configured-token']);

  it('writes unchanging parts as they would be written without that, wherever they stand', () => {
    const part = { name: 'web', list: [1, undefined, { at: new Date(0) }], text: 'a "quoted" word', nothing: undefined };
    const value = (one: object) => ({ items: [{ spec: one, allowed: true }, { spec: one }], one, deep: [[one]] });
    expect(censor.json(value(unchanging({ ...part })))).toBe(JSON.stringify(value(part)));
    expect(censor.json(unchanging({ ...part }))).toBe(JSON.stringify(part));
  });

  it('takes credentials out of both, the first time and every other', () => {
    const part = unchanging({ message: secret, token: 'configured-token' });
    for (let time = 0; time < 2; time += 1) {
      const text = censor.json({ part, message: secret });
      expect(JSON.parse(text)).toEqual({ part: { message: shown, token: '(not shown)' }, message: shown });
    }
    expect(JSON.parse(new Censor().json({ part })).part.message).toBe(shown);
  });

  it('joins what was written of two halves, each without its credentials', () => {
    const [base, more] = [unchanging({ message: secret, list: [] }), unchanging({ token: 'configured-token', stale: 0 })];
    const whole = extended(base, more);
    expect(whole).toEqual({ ...base, ...more });
    for (let time = 0; time < 2; time += 1) {
      expect(censor.json({ items: [whole, whole] })).toBe(
        JSON.stringify({ items: Array(2).fill({ message: shown, list: [], token: '(not shown)', stale: 0 }) }),
      );
      expect(censor.json(whole)).toBe(JSON.stringify({ message: shown, list: [], token: '(not shown)', stale: 0 }));
    }
  });
});
