import styles from './PointTimeline.module.css';
import type { Usable } from './marks.ts';

/** Disc, cross or hollow diamond around 0/0: the shape alone tells the three apart. */
export const MarkShape = ({ usable, chosen }: { usable: Usable; chosen?: boolean }) => (
  <g className={styles.shape} data-usable={usable} data-chosen={chosen}>
    {chosen && <circle r="11" className={styles.ring} />}
    {usable === 'yes' && <circle r="5.5" />}
    {usable === 'no' && <path d="M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5" />}
    {usable === 'unknown' && <path d="M0-6 6 0 0 6-6 0Z" />}
  </g>
);
