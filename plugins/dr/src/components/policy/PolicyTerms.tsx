import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import type { PortalPolicy } from '@kubectl-dr/backstage-plugin-dr-common';
import type { ReactNode } from 'react';
import { shortRef } from '../../text/shortRef.ts';
import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import styles from './Policy.module.css';

const rights = ['backup', 'clone', 'restore', 'restoreInPlace', 'failover'] as const;

/** The promise in words. */
export const PolicyTerms = ({ spec }: { spec: PortalPolicy['spec'] }) => {
  const { t } = useText();
  const entityLink = useEntityRefLink();
  const { objectives, locations, owner } = spec;
  const within = (seconds: number | undefined) => (seconds === undefined ? t('policy.noObjective') : shortSeconds(seconds));
  const places = locations.map(({ name, offsite, immutable }) =>
    [name, ...(offsite ? [t('policy.offsite')] : []), ...(immutable ? [t('policy.immutable')] : [])].join(', '),
  );
  const terms: [string, ReactNode][] = [
    [t('policy.rpo'), within(objectives.rpoSeconds)],
    [t('policy.rto'), within(objectives.rtoSeconds)],
    [t('policy.schedule'), spec.schedule ?? t('policy.noSchedule')],
    [t('policy.keep'), t('policy.keepFor', { time: shortSeconds(spec.keepForSeconds), count: spec.keepAtLeast })],
    [t('policy.locations'), places.length > 0 ? places.join('; ') : t('policy.anyLocation')],
    [t('policy.engines'), spec.engines.length > 0 ? spec.engines.join(', ') : t('policy.anyEngine')],
    [t('policy.owner'), owner ? <Link href={entityLink(owner)}>{shortRef(owner)}</Link> : t('fleet.noOwner')],
  ];
  return (
    <>
      <dl className={styles.terms}>
        {terms.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ul className={styles.rights} aria-label={t('policy.rights')}>
        {rights.map((right) => {
          const rule = spec.selfService[right];
          return rule && <li key={right}>{`${t(`policy.right.${right}`)}: ${t(`policy.rule.${rule}`)}`}</li>;
        })}
      </ul>
    </>
  );
};
