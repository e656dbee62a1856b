import { atTime, shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';

/** When data is captured next, counted from the clusters' now. */
export const NextRun = ({ nextRun, now }: { nextRun?: string; now: number }) => {
  const { t } = useText();
  const seconds = (Date.parse(nextRun ?? '') - now) / 1000;
  if (Number.isNaN(seconds)) return <>{t('card.nextRunNone')}</>;
  const time = shortSeconds(Math.abs(seconds));
  return <span title={atTime(nextRun)}>{seconds < 0 ? t('card.nextRunLate', { time }) : t('card.nextRunIn', { time })}</span>;
};
