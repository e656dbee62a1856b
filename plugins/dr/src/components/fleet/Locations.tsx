import { Text } from '@backstage/ui';
import type { WireStorageLocation } from '@kubectl-dr/core/wire/protection';
import { useText } from '../../text/useText.ts';
import styles from './FleetPage.module.css';

/** Where the data lies, unavailable ones first. */
export const Locations = ({ locations }: { locations: readonly WireStorageLocation[] }) => {
  const { t } = useText();
  if (locations.length === 0) return <Text color="secondary">{t('fleet.noLocations')}</Text>;
  const sorted = [...locations].sort(
    (a, b) => Number(a.status.phase === 'Available') - Number(b.status.phase === 'Available') || a.spec.id.localeCompare(b.spec.id),
  );
  return (
    <ul className={styles.list} aria-label={t('fleet.locations')}>
      {sorted.map(({ metadata, spec, status }) => (
        <li key={spec.id} className={styles.entry}>
          <span className={styles.line}>
            <strong>
              {metadata.cluster}/{metadata.name}
            </strong>
            <span className={styles.state} data-good={status.phase === 'Unknown' ? undefined : status.phase === 'Available'}>
              {t(`fleet.phase.${status.phase}`)}
              {spec.accessMode === 'ReadOnly' && `, ${t('fleet.readOnly')}`}
            </span>
          </span>
          <span className={styles.secondary}>{[spec.provider, spec.target].filter(Boolean).join(', ')}</span>
          {status.message && <span className={styles.secondary}>{status.message}</span>}
        </li>
      ))}
    </ul>
  );
};
