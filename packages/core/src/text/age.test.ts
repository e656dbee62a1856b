import { formatAge } from './age.ts';

const s = 1000;
const m = 60 * s;
const h = 60 * m;
const d = 24 * h;

describe('formatAge', () => {
  // The table of k8s.io/apimachinery/pkg/util/duration: same inputs, same words.
  it.each([
    [-2 * s, '<invalid>'],
    [-1 * s, '0s'],
    [0, '0s'],
    [s, '1s'],
    [70 * s, '70s'],
    [119 * s, '119s'],
    [2 * m, '2m'],
    [190 * s, '3m10s'],
    [10 * m + 5 * s, '10m'],
    [70 * m, '70m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [3 * h + 12 * m, '3h12m'],
    [8 * h + 10 * m, '8h'],
    [47 * h, '47h'],
    [49 * h, '2d1h'],
    [8 * d + 2 * h, '8d'],
    [367 * d, '367d'],
    [4 * 365 * d, '4y'],
    [4 * 365 * d + 180 * d, '4y180d'],
    [8 * 365 * d + 3 * d, '8y'],
    [Number.NaN, '<unknown>'],
    [8_000_000_000_000_000, '253678y'],
  ])('%d -> %s', (milliseconds, expected) => {
    expect(formatAge(milliseconds)).toBe(expected);
  });
});
