import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Link, Text } from '@backstage/ui';
import { recoveryPath } from '../../routes.ts';
import { useText } from '../../text/useText.ts';
import styles from './FleetPage.module.css';
import type { Coverage } from '@kubectl-dr/backstage-plugin-dr-common';

/** Volumes that would come back empty. */
export const CoverageGaps = ({ coverage: { gaps, total } }: { coverage: Coverage }) => {
  const { t } = useText();
  const entityLink = useEntityRefLink();
  if (gaps.length === 0) return <Text color="secondary">{t('fleet.noGaps')}</Text>;
  return (
    <>
      <ul className={styles.list} aria-label={t('fleet.gaps')}>
        {gaps.map(({ application, title = application, entityRef, ...gap }) => (
          <li key={[application, gap.component, gap.cluster, gap.namespace, gap.claim].join('/')} className={styles.entry}>
            <span>
              <strong>{gap.claim}</strong> {t(`fleet.gap.${gap.state}`)}
            </span>
            <span className={styles.secondary}>
              {entityRef ? <Link href={`${entityLink(entityRef)}/${recoveryPath}`}>{title}</Link> : application} / {gap.component},{' '}
              {gap.cluster}/{gap.namespace}
            </span>
            {gap.message && <span className={styles.secondary}>{gap.message}</span>}
          </li>
        ))}
      </ul>
      {total > gaps.length && <Text color="secondary">{t('fleet.moreGaps', { count: total - gaps.length })}</Text>}
    </>
  );
};
