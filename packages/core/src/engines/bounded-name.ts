/** One name for two things that belong together: cut where it is too long, and still another one where any part of it is another. */
export function boundedName(about: string, name: string, limit = 240): string {
  const whole = `${about}-${name}`;
  if (whole.length <= limit) return whole;
  let sum = 0;
  for (const letter of whole) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return `${whole.slice(0, limit - 10).replace(/[^a-z0-9]+$/, '')}-${sum.toString(36)}`;
}
