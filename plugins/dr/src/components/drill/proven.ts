import type { PortalApplication } from '../../api/drApi.ts';
import type { Text } from '../../text/useText.ts';

/** What to say of an application that was not brought back as a whole: nothing of it was, or these components were not. */
export function unprovenText({ status }: PortalApplication, t: Text): string {
  const missing = status.components.filter(({ rto }) => rto.provenAt === undefined).map(({ name }) => name);
  if (missing.length === status.components.length) return t('drills.never');
  return t('drills.partly', { components: missing.join(', ') });
}
