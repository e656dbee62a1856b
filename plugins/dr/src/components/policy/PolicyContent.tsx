import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/core-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { drApiRef } from '../../api/drApi.ts';
import { fleetRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { useText } from '../../text/useText.ts';
import { Section } from '../section/Section.tsx';
import { Loading } from '../state/Loading.tsx';
import { Problem } from '../state/Problem.tsx';
import styles from './Policy.module.css';
import { PolicyObjects } from './PolicyObjects.tsx';
import { PolicyTerms } from './PolicyTerms.tsx';
import { PolicyUsers } from './PolicyUsers.tsx';

/** The page of a DRPolicy: what it promises, who of those that it promises it to does not get it, and what became of it. */
export const PolicyContent = () => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const { entity } = useEntity();
  const ref = stringifyEntityRef(entity);
  const { data, error, loading, refresh } = useLive(`policy ${ref}`, (signal) => api.policy(ref, signal), fleetRhythm);
  if (loading) return <Loading lines={6} />;
  return (
    <div className={styles.root}>
      {error && <Problem error={error} title={t('policy.unread')} onRetry={refresh} />}
      {data && (
        <>
          <Section level="h3" title={t('policy.users')}>
            <PolicyUsers users={data.users} rpoSeconds={data.spec.objectives.rpoSeconds} />
          </Section>
          <Section level="h3" title={t('policy.terms')}>
            <PolicyTerms spec={data.spec} />
          </Section>
          <Section level="h3" title={t('policy.clusters')}>
            <PolicyObjects reconciliation={data.reconciliation} />
          </Section>
        </>
      )}
    </div>
  );
};
