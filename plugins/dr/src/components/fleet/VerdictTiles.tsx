import { useText } from '../../text/useText.ts';
import { VerdictIcon } from '../verdict/VerdictBadge.tsx';
import { type Verdict, verdictOrder, verdictTone } from '../verdict/verdicts.ts';
import styles from './VerdictTiles.module.css';

interface VerdictTilesProps {
  counts: Record<Verdict, number>;
  chosen?: Verdict;
  onChoose(verdict: Verdict | undefined): void;
}

/** How many applications stand where; pressing one shows only those, pressing it again shows all. */
export const VerdictTiles = ({ counts, chosen, onChoose }: VerdictTilesProps) => {
  const { t } = useText();
  return (
    <div className={styles.tiles} role="group" aria-label={t('fleet.counts')}>
      {verdictOrder.map((verdict) => (
        <button
          key={verdict}
          type="button"
          className={styles.tile}
          data-tone={counts[verdict] > 0 ? verdictTone[verdict] : 'none'}
          aria-pressed={chosen === verdict}
          title={t(`verdict.meaning.${verdict}`)}
          onClick={() => onChoose(chosen === verdict ? undefined : verdict)}
        >
          <span className={styles.count}>{counts[verdict]}</span>
          <span className={styles.word}>
            <VerdictIcon verdict={verdict} size={16} />
            {t(`verdict.${verdict}`)}
          </span>
        </button>
      ))}
    </div>
  );
};
