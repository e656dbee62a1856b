const form = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const nano = 1_000_000_000n;

interface Quantity {
  /** In billionths; what is finer is rounded up. */
  nanos: bigint;
  format: 'decimal' | 'binary' | 'exponent';
}

/** What a quantity of Kubernetes says, or undefined when it is none. */
export function parseQuantity(text: string): Quantity | undefined {
  const [, sign, whole = '', fraction = '', suffix = ''] = form.exec(text.trim()) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const exponent = /^[eE](.*)$/.exec(suffix)?.[1];
  const power = exponent === undefined ? (decimal.indexOf(suffix) - 3) * 3 : Number(exponent);
  const step = binary.indexOf(suffix);
  const scale = step > 0 ? nano * 1024n ** BigInt(step) : 10n ** BigInt(9 + Math.max(power, -9));
  const divisor = 10n ** BigInt(fraction.length + (step > 0 ? 0 : Math.max(0, -9 - power)));
  const size = BigInt(whole + fraction) * scale;
  const nanos = size / divisor + (size % divisor === 0n ? 0n : 1n);
  const format = step > 0 ? 'binary' : exponent === undefined ? 'decimal' : 'exponent';
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

/** The one way in which the API server writes this quantity (`1000m` is `1`, `0.5Gi` is `512Mi`), or undefined when it is none. */
export function canonicalQuantity(text: string): string | undefined {
  const quantity = parseQuantity(text);
  if (quantity === undefined) return undefined;
  const { nanos, format } = quantity;
  if (nanos === 0n) return '0';
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  // Less than 1024, or no whole number, cannot be told in powers of 1024.
  if (format === 'binary' && size >= 1024n * nano && size % nano === 0n) {
    const [count, suffix] = reduced(size / nano, 1024n, binary);
    return `${sign}${count}${suffix}`;
  }
  const [count, suffix] = reduced(size, 1000n, decimal);
  const power = (decimal.indexOf(suffix) - 3) * 3;
  return `${sign}${count}${format === 'exponent' && power !== 0 ? `e${power}` : suffix}`;
}

function reduced(size: bigint, base: bigint, suffixes: string[]): [bigint, string] {
  let count = size;
  let index = 0;
  for (; index < suffixes.length - 1 && count % base === 0n; index++) count /= base;
  return [count, suffixes[index]!];
}
