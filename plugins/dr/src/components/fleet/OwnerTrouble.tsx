import { Button, Text } from '@backstage/ui';
import { shortRef } from '../../text/shortRef.ts';
import { useText } from '../../text/useText.ts';
import { verdictOrder, verdictTone } from '../verdict/verdicts.ts';
import styles from './FleetPage.module.css';
import { noOwner, type OwnerCounts } from '@kubectl-dr/backstage-plugin-dr-common';
import { ownerKey } from './selection.ts';

/** Whom to talk to: owners with applications that would not come back in time, as a bar of all theirs. */
export const OwnerTrouble = ({ owners, onChoose }: { owners: readonly OwnerCounts[]; onChoose(owner: string): void }) => {
  const { t } = useText();
  if (owners.length === 0) return <Text color="secondary">{t('fleet.noTrouble')}</Text>;
  return (
    <ul className={styles.list} aria-label={t('fleet.byOwner')}>
      {owners.map((entry) => {
        const { total, verdicts: counts } = entry;
        const owner = ownerKey(entry);
        const present = verdictOrder.filter((verdict) => counts[verdict] > 0);
        return (
          <li key={owner} className={styles.owner}>
            <Button size="small" variant="tertiary" onPress={() => onChoose(owner)}>
              {owner === noOwner ? t('fleet.noOwner') : shortRef(owner)}
            </Button>
            <div>
              <div className={styles.share} aria-hidden>
                {present.map((verdict) => (
                  <span key={verdict} data-tone={verdictTone[verdict]} style={{ flexGrow: counts[verdict] }} />
                ))}
              </div>
              <span className={styles.secondary}>
                {present.map((verdict) => `${counts[verdict]} ${t(`verdict.${verdict}`)}`).join(', ')}
                {present.length > 1 && ` (${t('fleet.ofTotal', { total: String(total) })})`}
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
};
