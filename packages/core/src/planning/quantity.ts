const units: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `10Gi`, `500m`, `2`, `1e3`: a Kubernetes quantity as a number; 0 for what cannot be read. */
export function quantity(value: unknown): number {
  const text = String(value ?? '').trim();
  if (/^\d+(\.\d+)?[eE]\d+$/.test(text)) return Number(text);
  const match = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text);
  return match === null ? 0 : Number(match[1]) * (units[match[2]!] ?? 0);
}
