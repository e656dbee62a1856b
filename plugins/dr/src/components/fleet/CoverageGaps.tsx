import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Link, Text } from '@backstage/ui';
import { recoveryPath } from '../../routes.ts';
import { useText } from '../../text/useText.ts';
import styles from './FleetPage.module.css';
import type { Gap } from './selection.ts';

/** A list to act on, not an inventory: whoever works it off sees the rest. */
const most = 20;

/** Volumes that would come back empty. */
export const CoverageGaps = ({ gaps }: { gaps: readonly Gap[] }) => {
  const { t } = useText();
  const entityLink = useEntityRefLink();
  if (gaps.length === 0) return <Text color="secondary">{t('fleet.noGaps')}</Text>;
  return (
    <>
      <ul className={styles.list} aria-label={t('fleet.gaps')}>
        {gaps.slice(0, most).map(({ id, application: { spec, metadata }, ...gap }) => (
          <li key={id} className={styles.entry}>
            <span>
              <strong>{gap.claim}</strong> {t(`fleet.gap.${gap.state}`)}
            </span>
            <span className={styles.secondary}>
              {spec.entityRef ? (
                <Link href={`${entityLink(spec.entityRef)}/${recoveryPath}`}>{spec.title ?? metadata.name}</Link>
              ) : (
                metadata.name
              )}{' '}
              / {gap.component}, {gap.cluster}/{gap.namespace}
            </span>
            {gap.message && <span className={styles.secondary}>{gap.message}</span>}
          </li>
        ))}
      </ul>
      {gaps.length > most && <Text color="secondary">{t('fleet.moreGaps', { count: gaps.length - most })}</Text>}
    </>
  );
};
