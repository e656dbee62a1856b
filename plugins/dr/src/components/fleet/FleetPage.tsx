import { useApi } from '@backstage/core-plugin-api';
import { Container, Text } from '@backstage/ui';
import { type ReactNode, useMemo, useState } from 'react';
import { Section } from '../section/Section.tsx';
import { drApiRef, type PortalApplication } from '../../api/drApi.ts';
import { allApplicationsRhythm, fleetRhythm, operationsRhythm } from '../../hooks/rhythms.ts';
import { type Live, useLive } from '../../hooks/useLive.ts';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { staleAfterSeconds } from '../state/notices.ts';
import { Problem } from '../state/Problem.tsx';
import { ApplicationsTable } from './ApplicationsTable.tsx';
import { mayNothing } from '../operation/actions.ts';
import { Clusters } from './Clusters.tsx';
import { CoverageGaps } from './CoverageGaps.tsx';
import { FleetFilters } from './FleetFilters.tsx';
import styles from './FleetPage.module.css';
import { Locations } from './Locations.tsx';
import { Operations } from './Operations.tsx';
import { OwnerTrouble } from './OwnerTrouble.tsx';
import { VerdictTiles } from './VerdictTiles.tsx';
import { countByVerdict, gapsOf, inScope, noOwner, troubleByOwner, worstFirst } from './selection.ts';
import { useFleetFilter } from './useFleetFilter.ts';

const none: readonly PortalApplication[] = [];

/** One reading in its place: loading, failed, or there. */
function Reading<T>({ live, children }: { live: Live<T>; children(data: T): ReactNode }) {
  return (
    <>
      {live.loading && <Loading />}
      {live.error && <Problem error={live.error} onRetry={live.refresh} />}
      {live.data !== undefined && children(live.data)}
    </>
  );
}

/** What is old in the picture, said above everything that is computed from it. */
const Staleness = ({ applications }: { applications: readonly PortalApplication[] }) => {
  const { t } = useText();
  const oldest = applications.reduce((most, { staleSeconds }) => Math.max(most, staleSeconds), 0);
  if (oldest <= staleAfterSeconds) return null;
  const age = shortSeconds(oldest);
  return <Notice status="warning" title={t('state.stale.title', { age })} text={t('state.stale.text', { age })} />;
};

/** The whole fleet for the platform team: which application would not come back, of whom, and why. */
export const FleetPage = () => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const { filter, setVerdict, setOwner, setQ, clear } = useFleetFilter();
  // Whoever comes by a link to an operation (a notification, somebody's message) wants to see it and not look for it.
  const [operation] = useSearchParameter(operationParameter);
  const [operationsFirst] = useState(operation !== undefined);
  const applications = useLive('fleet', (signal) => api.applications(signal), allApplicationsRhythm);
  const clusters = useLive('clusters', (signal) => api.clusters(signal), fleetRhythm);
  const locations = useLive('locations', (signal) => api.locations(signal), fleetRhythm);
  const operations = useLive('operations', (signal) => api.operations({}, signal), operationsRhythm);

  const all = applications.data ?? none;
  const { verdict, owner, q } = filter;
  const scope = useMemo(() => inScope(all, { owner, q }), [all, owner, q]);
  const counts = useMemo(() => countByVerdict(scope), [scope]);
  const shown = useMemo(
    () => worstFirst(verdict ? scope.filter((application) => application.status.verdict === verdict) : scope),
    [scope, verdict],
  );
  const gaps = useMemo(() => gapsOf(shown), [shown]);
  const trouble = useMemo(() => troubleByOwner(all), [all]);
  const owners = useMemo(() => [...new Set(all.map(({ spec }) => spec.owner ?? noOwner))].sort(), [all]);
  const allowed = useMemo(() => new Map(all.map((each) => [each.metadata.name, each.allowed])), [all]);

  const operationsSection = (
    <Section level="h2" title={t('fleet.running')}>
      <Reading live={operations}>{(data) => <Operations operations={data} may={(name) => allowed.get(name) ?? mayNothing} />}</Reading>
    </Section>
  );

  return (
    <Container className={styles.root} role="main">
      {operationsFirst && operationsSection}
      <Reading live={applications}>
        {() => (
          <>
            <Staleness applications={all} />
            <VerdictTiles counts={counts} chosen={verdict} onChoose={setVerdict} />
            <Section level="h2" title={t('fleet.applications')}>
              <FleetFilters owners={owners} filter={filter} onOwner={setOwner} onText={setQ} onClear={clear} />
              {all.length === 0 ? <Text color="secondary">{t('fleet.empty')}</Text> : <ApplicationsTable applications={shown} />}
            </Section>
            <div className={styles.columns}>
              <Section level="h2" title={t('fleet.gaps')}>
                <CoverageGaps gaps={gaps} />
              </Section>
              <Section level="h2" title={t('fleet.byOwner')}>
                <OwnerTrouble owners={trouble} onChoose={setOwner} />
              </Section>
            </div>
          </>
        )}
      </Reading>
      {!operationsFirst && operationsSection}
      <div className={styles.columns}>
        <Section level="h2" title={t('fleet.clusters')}>
          <Reading live={clusters}>{(data) => <Clusters clusters={data} />}</Reading>
        </Section>
        <Section level="h2" title={t('fleet.locations')}>
          <Reading live={locations}>{(data) => <Locations locations={data} />}</Reading>
        </Section>
      </div>
    </Container>
  );
};
