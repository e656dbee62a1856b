const units: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** `10Gi`, `500m`, `2`: a Kubernetes quantity as a number; 0 for what cannot be read. */
export function quantity(value: unknown): number {
  const match = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(String(value ?? ''));
  return match === null ? 0 : Number(match[1]) * (units[match[2]!] ?? 0);
}
