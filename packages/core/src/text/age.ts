const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

function pair(milliseconds: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((milliseconds % big) / small);
  const whole = `${Math.floor(milliseconds / big)}${bigUnit}`;
  return rest === 0 ? whole : `${whole}${rest}${smallUnit}`;
}

/**
 * A duration as kubectl prints ages (`HumanDuration` of apimachinery): at most two units, the second only while it
 * matters. `<invalid>` when the time lies more than a second in the future, as kubectl says.
 */
export function formatAge(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '<unknown>';
  const age = Math.trunc(milliseconds / second) * second;
  if (age < -second) return '<invalid>';
  if (age < 0) return '0s';
  if (age < 2 * minute) return `${age / second}s`;
  if (age < 10 * minute) return pair(age, minute, 'm', second, 's');
  if (age < 3 * hour) return `${Math.floor(age / minute)}m`;
  if (age < 8 * hour) return pair(age, hour, 'h', minute, 'm');
  if (age < 2 * day) return `${Math.floor(age / hour)}h`;
  if (age < 8 * day) return pair(age, day, 'd', hour, 'h');
  if (age < 2 * year) return `${Math.floor(age / day)}d`;
  if (age < 8 * year) return pair(age, year, 'y', day, 'd');
  return `${Math.floor(age / year)}y`;
}
