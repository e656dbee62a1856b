import { useMemo } from 'react';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import { useText } from '../../text/useText.ts';
import { MarkShape } from './MarkShape.tsx';
import styles from './PointTimeline.module.css';
import { TimelineLane } from './TimelineLane.tsx';
import { laneOf, type Usable } from './marks.ts';

const dayMs = 24 * 60 * 60 * 1000;

interface PointTimelineProps {
  points: readonly WireRecoveryPoint[];
  components: readonly string[];
  /** The clusters' now, milliseconds. */
  now: number;
  days?: number;
  chosen?: string;
  onChoose(point: WireRecoveryPoint): void;
}

/** Recovery points of each component over the last days. */
export const PointTimeline = ({ points, components, now, days = 30, chosen, onChoose }: PointTimelineProps) => {
  const { t } = useText();
  const lanes = useMemo(
    () => components.map((component) => laneOf(points, component, now - days * dayMs, now)),
    [points, components, now, days],
  );
  const kinds: [Usable, string][] = [
    ['yes', t('timeline.usable')],
    ['no', t('timeline.unusable')],
    ['unknown', t('timeline.unknown')],
  ];
  return (
    <div className={styles.root}>
      {lanes.map((lane) => (
        <div key={lane.component} className={styles.row}>
          <span className={styles.name}>{lane.component}</span>
          <TimelineLane lane={lane} days={days} chosen={chosen} onChoose={onChoose} />
        </div>
      ))}
      <div className={styles.row} aria-hidden>
        <span />
        <div className={styles.scale}>
          {[days, (days * 2) / 3, days / 3].map((ago) => (
            <span key={ago}>{t('timeline.daysAgo', { days: String(Math.round(ago)) })}</span>
          ))}
          <span>{t('timeline.now')}</span>
        </div>
      </div>
      <ul className={styles.legend} aria-label={t('timeline.legend')}>
        {kinds.map(([usable, label]) => (
          <li key={usable}>
            <svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden>
              <MarkShape usable={usable} />
            </svg>
            {label}
          </li>
        ))}
      </ul>
    </div>
  );
};
