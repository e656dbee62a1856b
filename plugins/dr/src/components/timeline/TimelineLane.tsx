import { type KeyboardEvent, useId, useState } from 'react';
import { useText } from '../../text/useText.ts';
import { MarkShape } from './MarkShape.tsx';
import styles from './PointTimeline.module.css';
import type { Lane, Mark, Usable } from './marks.ts';

const laneHeight = 34;
/** Failures above the line, unknowns below: a failed point never hides the usable one beside it. */
const offset: Record<Usable, number> = { yes: 17, no: 9, unknown: 26 };
const word = { yes: 'timeline.usable', no: 'timeline.unusable', unknown: 'timeline.unknown' } as const;

interface TimelineLaneProps<T> {
  lane: Lane<T>;
  /** What the lane is: `Recovery points of orders-db`. */
  label: string;
  /** Where nothing is drawn. */
  empty: string;
  /** One mark of a single point in words, but for whether it is usable. */
  saying(point: T): { time: string; name: string };
  isChosen(point: T): boolean;
  onChoose(point: T): void;
}

/** One component's points, or the sets of all, as a list box: one tab stop, arrow keys inside, Enter chooses. */
export const TimelineLane = <T,>({ lane, label, empty, saying, isChosen: chosen, onChoose }: TimelineLaneProps<T>) => {
  const { t } = useText();
  const id = useId();
  const [active, setActive] = useState<number>();
  const last = lane.marks.length - 1;
  const current = active === undefined ? undefined : lane.marks[Math.min(active, last)];
  const isChosen = (mark: Mark<T>) => mark.points.some(chosen);
  const describe = (mark: Mark<T>): string => {
    const { time, name } = saying(mark.points[0]!);
    return mark.points.length === 1
      ? `${time}, ${t(word[mark.usable])}, ${name}`
      : `${time}, ${t(word[mark.usable])}, ${t('timeline.many', { count: mark.points.length })}`;
  };

  if (last < 0) return <div className={styles.empty}>{empty}</div>;

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
      aria-label={`${label}. ${t('timeline.help')}`}
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
