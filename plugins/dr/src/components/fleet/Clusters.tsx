import { RiCheckLine, RiCloseLine } from '@remixicon/react';
import { Text } from '@backstage/ui';
import type { WireCluster } from '@kubectl-dr/core/wire/protection';
import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { ReasonList } from '../reasons/ReasonList.tsx';
import styles from './FleetPage.module.css';

const State = ({ good, text }: { good: boolean; text: string }) => (
  <span className={styles.state} data-good={good}>
    {good ? <RiCheckLine size={16} aria-hidden /> : <RiCloseLine size={16} aria-hidden />}
    {text}
  </span>
);

/** Each cluster: whether it answers, how old the reading is, and what could back up there. */
export const Clusters = ({ clusters }: { clusters: readonly WireCluster[] }) => {
  const { t } = useText();
  if (clusters.length === 0) return <Text color="secondary">{t('fleet.noClusters')}</Text>;
  return (
    <ul className={styles.list} aria-label={t('fleet.clusters')}>
      {clusters.map(({ metadata, status }) => {
        const installed = status.engines.filter((engine) => engine.installed);
        return (
          <li key={metadata.name} className={styles.entry}>
            <span className={styles.line}>
              <strong>{metadata.name}</strong>
              <State good={status.reachable} text={t(status.reachable ? 'fleet.reachable' : 'fleet.unreachable')} />
            </span>
            <span className={styles.secondary}>
              {installed.map(({ engine, version }) => `${version ? `${engine} ${version}` : engine}, `)}
              {status.reachable && installed.length === 0 && `${t('fleet.noEngine')}, `}
              {t('fleet.readAgo', { age: shortSeconds(status.staleSeconds) })}
            </span>
            {status.message && <span className={styles.secondary}>{status.message}</span>}
            <ReasonList
              reasons={installed.flatMap((engine) => engine.reasons)}
              label={t('fleet.engineReasons', { cluster: metadata.name })}
            />
          </li>
        );
      })}
    </ul>
  );
};
