import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { Button, Text } from '@backstage/ui';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { lazy, Suspense, useMemo, useState } from 'react';
import { drApiRef, type PortalApplication } from '../../api/drApi.ts';
import { fleetRhythm, operationsRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { clusterNow } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { AgeBar } from '../age/AgeBar.tsx';
import { Copies, copiesOf } from '../copies/Copies.tsx';
import { Drills } from '../drill/Drills.tsx';
import { ComponentGraph } from '../graph/ComponentGraph.tsx';
import { LiveOperation } from '../operation/LiveOperation.tsx';
import { OperationList } from '../operation/OperationList.tsx';
import type { RestoreDialogProps } from '../restore/RestoreDialog.tsx';
import { restorableOf } from '../restore/restorable.ts';
import { Section } from '../section/Section.tsx';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { noticesOf } from '../state/notices.ts';
import { Problem } from '../state/Problem.tsx';
import { PointTimeline } from '../timeline/PointTimeline.tsx';
import { VerdictBadge } from '../verdict/VerdictBadge.tsx';
import { ApplicationReasons } from './ApplicationReasons.tsx';
import { ComponentsTable } from './ComponentsTable.tsx';
import { componentsWorstFirst } from './order.ts';
import { PointDetails } from './PointDetails.tsx';
import { SetDetails } from '../sets/SetDetails.tsx';
import { useSets } from '../sets/useSets.ts';
import styles from './RecoveryTab.module.css';

const RestoreFlow = lazy(async () => ({ default: (await import('../restore/RestoreFlow.tsx')).RestoreFlow }));

const MoveFlow = lazy(async () => ({ default: (await import('../move/MoveFlow.tsx')).MoveFlow }));

const days = 30;

/** With what the dialog opens. */
type Beginning = Pick<RestoreDialogProps, 'components' | 'point' | 'mode'>;

interface RecoveryViewProps {
  application: PortalApplication;
  applicationRef: string;
  /** The entity is one component: it is restored alone unless others are chosen. */
  component?: string;
}

/** One application as its owner wants to see it: safe or not, back to when, and what runs now. */
export const RecoveryView = ({ application, applicationRef, component }: RecoveryViewProps) => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const analytics = useAnalytics();
  const points = useLive(`points ${applicationRef}`, (signal) => api.points(applicationRef, signal), fleetRhythm);
  const operations = useLive(
    `operations ${applicationRef}`,
    (signal) => api.operations({ application: application.metadata.name }, signal),
    operationsRhythm,
  );
  const [open, setOpen] = useSearchParameter(operationParameter);
  // Whoever comes back to an operation (a reload, a link, a notification) wants to see it and not look for it.
  const [operationsFirst] = useState(open !== undefined);
  const [chosen, setChosen] = useState<WireRecoveryPoint | WireListedSet>();
  const [restore, setRestore] = useState<Beginning>();
  const [moving, setMoving] = useState(false);
  const { status } = application;
  const rows = useMemo(() => componentsWorstFirst(application), [application]);
  const sets = useSets(application, points.data);
  const restorable = restorableOf(application, component);
  const may = application.allowed.restore;
  const listed = operations.data?.some((operation) => operation.metadata.name === open);

  const startRestore = (choice: Beginning, from: string) => {
    analytics.captureEvent('open', 'dr restore dialog', { attributes: { from } });
    setOpen(undefined);
    setRestore(choice);
  };

  const operationsSection = (
    <Section level="h3" title={t('tab.operations')}>
      {operations.loading && <Loading />}
      {operations.error && <Problem error={operations.error} onRetry={operations.refresh} />}
      {open && !listed && !restore && !moving && <LiveOperation id={open} may={application.allowed} />}
      {operations.data?.length === 0 && <Text color="secondary">{t('tab.noOperations')}</Text>}
      {operations.data && (
        <OperationList
          operations={operations.data}
          open={restore || moving ? undefined : open}
          onOpen={setOpen}
          may={() => application.allowed}
        />
      )}
    </Section>
  );

  return (
    <div className={styles.root}>
      <div className={styles.summary}>
        <VerdictBadge verdict={status.verdict} size="large" />
        <div className={styles.age}>
          <AgeBar ageSeconds={status.recoveryPoint?.ageSeconds} objectiveSeconds={status.rpo.objectiveSeconds} />
        </div>
        {may && (
          <Button variant="primary" isDisabled={restorable.length === 0} onPress={() => startRestore({ components: restorable }, 'tab')}>
            {t('tab.restore')}
          </Button>
        )}
        {may && (
          <Button
            variant="tertiary"
            onPress={() => {
              analytics.captureEvent('open', 'dr move dialog', { attributes: { from: 'tab' } });
              setOpen(undefined);
              setMoving(true);
            }}
          >
            {t('move.open')}
          </Button>
        )}
      </div>
      {noticesOf(application, t).map((notice) => (
        <Notice key={notice.title} {...notice} />
      ))}
      {operationsFirst && operationsSection}
      <Section level="h3" title={t('reasons.title')}>
        <ApplicationReasons application={application} />
      </Section>
      <Section level="h3" title={t('tab.timeline', { days: String(days) })}>
        {points.loading && <Loading />}
        {points.error && <Problem error={points.error} onRetry={points.refresh} />}
        {points.data && (
          <PointTimeline
            points={points.data}
            components={rows.map((row) => row.id)}
            now={clusterNow(status.recoveryPoint)}
            days={days}
            sets={sets}
            chosen={chosen?.kind === 'RecoverySet' ? chosen.metadata.name : chosen?.spec.id}
            onChoose={setChosen}
            onChooseSet={setChosen}
          />
        )}
        {chosen?.kind === 'RecoverySet' && (
          <SetDetails
            set={chosen}
            onRestore={may ? (components) => startRestore({ components, point: chosen.metadata.name }, 'timeline') : undefined}
          />
        )}
        {chosen?.kind === 'RecoveryPoint' && (
          <PointDetails
            point={chosen}
            onRestore={may ? (components) => startRestore({ components, point: chosen.spec.id }, 'timeline') : undefined}
          />
        )}
      </Section>
      {application.spec.components.length > 1 && (
        <Section level="h3" title={t('graph.title')}>
          <ComponentGraph application={application} />
        </Section>
      )}
      <Section level="h3" title={t('tab.components')}>
        <ComponentsTable application={application} />
      </Section>
      {copiesOf(application).length > 0 && (
        <Section level="h3" title={t('copies.title')}>
          <Copies application={application} />
        </Section>
      )}
      <Section level="h3" title={t('drills.title')}>
        <Drills
          application={application}
          operations={operations.data ?? []}
          onOpen={setOpen}
          onBegin={may && restorable.length > 0 ? () => startRestore({ components: restorable, mode: 'drill' }, 'drills') : undefined}
        />
      </Section>
      {!operationsFirst && operationsSection}
      {moving && (
        <Suspense fallback={null}>
          <MoveFlow
            application={application}
            onClose={() => {
              setMoving(false);
              operations.refresh();
            }}
          />
        </Suspense>
      )}
      {restore && (
        <Suspense fallback={null}>
          <RestoreFlow
            application={application}
            {...restore}
            onClose={() => {
              setRestore(undefined);
              operations.refresh();
            }}
          />
        </Suspense>
      )}
    </div>
  );
};
