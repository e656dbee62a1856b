/**
 * Velero puts names into labels; one longer than 63 characters is cut to 57 and followed by six hex digits of its
 * SHA-256 (`label.GetValidName`). Labels are compared with this, never with the raw name.
 */
export async function labelValue(name: string): Promise<string> {
  if (name.length <= 63) return name;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return name.slice(0, 57) + hex.slice(0, 6);
}

/** Without waiting: whether a label can be the shortened form of a name. */
export function labelMatches(label: unknown, name: string): boolean {
  if (typeof label !== 'string') return false;
  return name.length <= 63 ? label === name : label.length === 63 && label.startsWith(name.slice(0, 57));
}
