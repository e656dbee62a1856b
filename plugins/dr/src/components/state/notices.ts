import type { PortalApplication } from '../../api/drApi.ts';
import { shortRef } from '../../text/shortRef.ts';
import { shortSeconds } from '../../text/time.ts';
import type { Text } from '../../text/useText.ts';
import type { NoticeProps } from './Notice.tsx';

/** Older than this, what is shown is said to be old. */
export const staleAfterSeconds = 120;

/** What is wrong with the picture itself, apart from the verdict: each case in its own words. */
export function noticesOf(application: PortalApplication, t: Text): NoticeProps[] {
  const reasons = [...application.status.reasons, ...application.status.components.flatMap((component) => component.reasons)];
  const has = (code: string) => reasons.filter((reason) => reason.code === code);
  const notices: NoticeProps[] = [];

  const down = [...new Set(has('CLUSTER_UNREACHABLE').map((reason) => reason.cluster ?? '?'))];
  if (down.length > 0) {
    notices.push({
      status: 'warning',
      title: t('state.unreachable.title', { count: down.length, clusters: down.join(', ') }),
      text: t('state.unreachable.text'),
    });
  }
  if (application.staleSeconds > staleAfterSeconds) {
    const age = shortSeconds(application.staleSeconds);
    notices.push({ status: 'warning', title: t('state.stale.title', { age }), text: t('state.stale.text', { age }) });
  }
  const unclaimed = application.spec.components
    .flatMap((component) => component.placements)
    .filter((placement) => placement.claim === 'unclaimed')
    .map((placement) => placement.namespace);
  if (unclaimed.length > 0) {
    const namespaces = [...new Set(unclaimed)];
    notices.push({
      status: 'warning',
      title: t('state.unclaimed.title'),
      text: t('state.unclaimed.text', { namespaces: namespaces.join(', '), owner: shortRef(application.spec.owner ?? '?') }),
      hint: t('state.unclaimed.hint', { namespace: namespaces[0]!, owner: application.spec.owner ?? 'OWNER' }),
    });
  }
  if (has('NO_ENGINE').length > 0) {
    notices.push({ status: 'danger', title: t('state.noEngine.title'), text: t('state.noEngine.text'), hint: t('state.noEngine.hint') });
  }
  return notices;
}

/** Codes that a notice says already; their reasons are not repeated below it. */
export const saidByNotice: ReadonlySet<string> = new Set(['CLUSTER_UNREACHABLE', 'NO_ENGINE', 'PLACEMENT_UNCLAIMED']);
