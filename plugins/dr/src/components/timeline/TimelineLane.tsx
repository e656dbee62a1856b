import { type KeyboardEvent, useId, useState } from 'react';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import { atTime } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { MarkShape } from './MarkShape.tsx';
import styles from './PointTimeline.module.css';
import type { Lane, Mark, Usable } from './marks.ts';

const laneHeight = 34;
/** Failures above the line, unknowns below: a failed point never hides the usable one beside it. */
const offset: Record<Usable, number> = { yes: 17, no: 9, unknown: 26 };
const word = { yes: 'timeline.usable', no: 'timeline.unusable', unknown: 'timeline.unknown' } as const;

interface TimelineLaneProps {
  lane: Lane;
  days: number;
  chosen?: string;
  onChoose(point: WireRecoveryPoint): void;
}

/** One component's points as a list box: one tab stop, arrow keys inside, Enter chooses. */
export const TimelineLane = ({ lane, days, chosen, onChoose }: TimelineLaneProps) => {
  const { t } = useText();
  const id = useId();
  const [active, setActive] = useState<number>();
  const last = lane.marks.length - 1;
  const current = active === undefined ? undefined : lane.marks[Math.min(active, last)];
  const isChosen = (mark: Mark) => mark.points.some((point) => point.spec.id === chosen);
  const describe = (mark: Mark): string => {
    const newest = mark.points[0]!;
    const time = atTime(newest.status.capturedAt);
    return mark.points.length === 1
      ? `${time}, ${t(word[mark.usable])}, ${newest.metadata.name}`
      : `${time}, ${t(word[mark.usable])}, ${t('timeline.many', { count: mark.points.length })}`;
  };

  if (last < 0) return <div className={styles.empty}>{t('timeline.none', { component: lane.component, days: String(days) })}</div>;

  const onKeyDown = (event: KeyboardEvent) => {
    const from = active ?? last;
    const next = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (next !== undefined) setActive(Math.max(0, Math.min(last, next)));
    else if ((event.key === 'Enter' || event.key === ' ') && current) onChoose(current.points[0]!);
    else return;
    event.preventDefault();
  };

  return (
    <svg
      className={styles.lane}
      height={laneHeight}
      role="listbox"
      tabIndex={0}
      aria-label={`${t('timeline.lane', { component: lane.component })}. ${t('timeline.help')}`}
      aria-activedescendant={current ? `${id}-${current.id}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => setActive((before) => before ?? last)}
      onBlur={() => setActive(undefined)}
    >
      <line x1="0" x2="100%" y1={offset.yes} y2={offset.yes} className={styles.axis} aria-hidden />
      {lane.marks.map((mark) => (
        <svg key={mark.id} x={`${mark.position * 100}%`} y={offset[mark.usable]} overflow="visible" role="presentation">
          <g
            id={`${id}-${mark.id}`}
            role="option"
            aria-selected={isChosen(mark)}
            aria-label={describe(mark)}
            className={styles.mark}
            data-active={mark === current}
            onClick={() => onChoose(mark.points[0]!)}
          >
            <title>{describe(mark)}</title>
            <circle r="9" className={styles.target} />
            <MarkShape usable={mark.usable} chosen={isChosen(mark)} />
          </g>
        </svg>
      ))}
    </svg>
  );
};
