const shape = /^set-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})$/;

/** What a RecoverySet of a moment is called: `set-20260131-140500`, in UTC. */
export function setName(moment: number): string {
  const [date = '', time = ''] = new Date(moment).toISOString().split('T');
  return `set-${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
}

export function isSetName(text: string): boolean {
  return shape.test(text);
}

/** Of the moments that a set could be of, the one that is called so: the latest of its second. */
export function momentOfSet(name: string, moments: readonly number[]): number | undefined {
  const named = moments.filter((moment) => Number.isFinite(moment) && setName(moment) === name);
  return named.length > 0 ? Math.max(...named) : undefined;
}
