import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import styles from './AgeBar.module.css';

/** The objective sits at two thirds of the bar, so that a breach has room to be seen. */
const objectiveAt = 2 / 3;

interface AgeBarProps {
  ageSeconds?: number;
  objectiveSeconds?: number;
  /** What it is the age of; absent: of the newest usable data. */
  label?: string;
  /** Only bar and short text: for rows of a table. */
  compact?: boolean;
}

/** Age of the newest usable data against the recovery point objective. */
export const AgeBar = ({ ageSeconds, objectiveSeconds, label, compact }: AgeBarProps) => {
  const { t } = useText();
  if (ageSeconds === undefined) return <span className={styles.text}>{t('age.none')}</span>;
  const age = shortSeconds(ageSeconds);
  if (!objectiveSeconds) return <span className={styles.text}>{t('age.noObjective', { age })}</span>;

  const objective = shortSeconds(objectiveSeconds);
  const beyond = ageSeconds > objectiveSeconds;
  const text = beyond
    ? t('age.beyond', { age, objective, over: shortSeconds(ageSeconds - objectiveSeconds) })
    : t('age.within', { age, objective });
  const share = Math.min(1, (ageSeconds / objectiveSeconds) * objectiveAt);
  return (
    <div className={styles.root} data-compact={compact}>
      <div
        className={styles.bar}
        role="meter"
        aria-label={label ?? t('age.label')}
        aria-valuemin={0}
        aria-valuemax={Math.max(ageSeconds, objectiveSeconds)}
        aria-valuenow={ageSeconds}
        aria-valuetext={text}
        title={text}
      >
        <div className={styles.fill} data-beyond={beyond} style={{ inlineSize: `${Math.max(2, share * 100)}%` }} />
        <div className={styles.objective} style={{ insetInlineStart: `${objectiveAt * 100}%` }} />
      </div>
      <span className={styles.text} data-beyond={beyond}>
        {compact ? `${age} / ${objective}` : text}
      </span>
    </div>
  );
};
