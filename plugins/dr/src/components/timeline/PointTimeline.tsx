import { useMemo } from 'react';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { skewText } from '../sets/texts.ts';
import { atTime } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { MarkShape } from './MarkShape.tsx';
import styles from './PointTimeline.module.css';
import { TimelineLane } from './TimelineLane.tsx';
import { laneOf, setLaneOf, type Usable } from './marks.ts';

const dayMs = 24 * 60 * 60 * 1000;

interface PointTimelineProps {
  points: readonly WireRecoveryPoint[];
  components: readonly string[];
  /** The clusters' now, milliseconds. */
  now: number;
  days?: number;
  /** Of points that belong together; absent or empty: no lane of them. */
  sets?: readonly WireListedSet[];
  /** A point's id, or a set's name. */
  chosen?: string;
  onChoose(point: WireRecoveryPoint): void;
  onChooseSet?(set: WireListedSet): void;
}

/** Recovery points of each component over the last days, and which of them belong together. */
export const PointTimeline = ({ points, components, sets = [], now, days = 30, chosen, onChoose, onChooseSet }: PointTimelineProps) => {
  const { t } = useText();
  const lanes = useMemo(
    () => components.map((component) => laneOf(points, component, now - days * dayMs, now)),
    [points, components, now, days],
  );
  const together = useMemo(() => setLaneOf(sets, t('sets.together'), now - days * dayMs, now), [sets, t, now, days]);
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
          <TimelineLane
            lane={lane}
            label={t('timeline.lane', { component: lane.component })}
            empty={t('timeline.none', { component: lane.component, days: String(days) })}
            saying={({ status, metadata }) => ({ time: atTime(status.capturedAt), name: metadata.name })}
            isChosen={({ spec }) => spec.id === chosen}
            onChoose={onChoose}
          />
        </div>
      ))}
      {sets.length > 0 && onChooseSet && (
        <div className={styles.row}>
          <span className={styles.name}>{together.component}</span>
          <TimelineLane
            lane={together}
            label={t('sets.lane')}
            empty={t('sets.none', { days: String(days) })}
            saying={(set) => ({ time: atTime(set.spec.moment), name: skewText(set, t) })}
            isChosen={({ metadata }) => metadata.name === chosen}
            onChoose={onChooseSet}
          />
        </div>
      )}
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
