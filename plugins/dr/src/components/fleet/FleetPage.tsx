import { useApi } from '@backstage/core-plugin-api';
import { Container, Text } from '@backstage/ui';
import { type ReactNode, useState } from 'react';
import { Section } from '../section/Section.tsx';
import { drApiRef } from '../../api/drApi.ts';
import { coverageRhythm, fleetRhythm, operationsRhythm, ownersRhythm } from '../../hooks/rhythms.ts';
import { type Live, useLive } from '../../hooks/useLive.ts';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { staleAfterSeconds } from '../state/notices.ts';
import { Problem } from '../state/Problem.tsx';
import { ApplicationsTable } from './ApplicationsTable.tsx';
import { Clusters } from './Clusters.tsx';
import { CoverageGaps } from './CoverageGaps.tsx';
import { FleetFilters } from './FleetFilters.tsx';
import styles from './FleetPage.module.css';
import { Locations } from './Locations.tsx';
import { Operations } from './Operations.tsx';
import { OwnerTrouble } from './OwnerTrouble.tsx';
import { VerdictTiles } from './VerdictTiles.tsx';
import { inTrouble, ownerKey } from './selection.ts';
import { useApplicationPages } from './useApplicationPages.ts';
import { useFleetFilter } from './useFleetFilter.ts';

/** Gaps that are listed: to act on, not an inventory; whoever works them off sees the rest. */
const mostGaps = 20;

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
const Staleness = ({ seconds: oldest }: { seconds: number }) => {
  const { t } = useText();
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
  const { verdict, owner, q } = filter;
  const pages = useApplicationPages(filter);
  const owners = useLive('owners', (signal) => api.owners(signal), ownersRhythm);
  const gapQuery = {
    ...(verdict && { verdict }),
    ...(owner && { owner }),
    ...(q && { q }),
    // What is merely unknown is said by the verdict of its application.
    state: ['skipped' as const, 'failed' as const, 'absent' as const],
    limit: mostGaps,
  };
  const coverage = useLive(`coverage ${JSON.stringify(gapQuery)}`, (signal) => api.coverage(gapQuery, signal), coverageRhythm);
  const clusters = useLive('clusters', (signal) => api.clusters(signal), fleetRhythm);
  const locations = useLive('locations', (signal) => api.locations(signal), fleetRhythm);
  const operations = useLive('operations', (signal) => api.operations({}, signal), operationsRhythm);

  const filtered = verdict !== undefined || owner !== undefined || q !== undefined;
  const operationsSection = (
    <Section level="h2" title={t('fleet.running')}>
      <Reading live={operations}>{(data) => <Operations operations={data} />}</Reading>
    </Section>
  );

  return (
    <Container className={styles.root} role="main">
      {operationsFirst && operationsSection}
      <Reading live={pages.live}>
        {(page) => (
          <>
            <Staleness seconds={page.metadata.staleSeconds} />
            <VerdictTiles counts={page.metadata.verdicts} chosen={verdict} onChoose={setVerdict} />
            <Section level="h2" title={t('fleet.applications')}>
              <FleetFilters owners={(owners.data ?? []).map(ownerKey)} filter={filter} onOwner={setOwner} onText={setQ} onClear={clear} />
              {page.metadata.total === 0 && !filtered ? (
                <Text color="secondary">{t('fleet.empty')}</Text>
              ) : (
                <ApplicationsTable page={page} pages={pages} />
              )}
            </Section>
          </>
        )}
      </Reading>
      <div className={styles.columns}>
        <Section level="h2" title={t('fleet.gaps')}>
          <Reading live={coverage}>{(data) => <CoverageGaps coverage={data} />}</Reading>
        </Section>
        <Section level="h2" title={t('fleet.byOwner')}>
          <Reading live={owners}>{(data) => <OwnerTrouble owners={inTrouble(data)} onChoose={setOwner} />}</Reading>
        </Section>
      </div>
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
