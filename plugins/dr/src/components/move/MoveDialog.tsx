import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { Checkbox, Radio, RadioGroup, Select, TextField } from '@backstage/ui';
import { type MoveIntent, moveIntents } from '@kubectl-dr/core/planning/intent';
import type { Mapping } from '@kubectl-dr/core/planning/model';
import { useState } from 'react';
import { type PortalApplication, drApiRef } from '../../api/drApi.ts';
import { onceRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { useText } from '../../text/useText.ts';
import { PlanDialog } from '../restore/PlanDialog.tsx';
import styles from '../restore/RestoreDialog.module.css';
import { usePlan } from '../restore/usePlan.ts';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { Problem } from '../state/Problem.tsx';
import { MoveMapping } from './MoveMapping.tsx';
import { type MappingRows, askedMapping, rowsOf } from './mapping.ts';
import { OlderSets } from './OlderSets.tsx';
import { Readiness } from './Readiness.tsx';
import { readinessOf, targetsOf, usualIntent } from './readiness.ts';

interface MoveDialogProps {
  /** What the API is asked with. */
  applicationRef: string;
  application: PortalApplication;
  /** The operation that was started here, also after a reload. */
  operation?: string;
  onStarted(operation: string): void;
  onClose(): void;
}

/**
 * The application goes on at another cluster: what stands well for it and what would be lost, before anything is asked. What it wants is
 * what a restore in place wants: the name typed, and whom the policy names.
 */
export const MoveDialog = ({ applicationRef, application, operation, onStarted, onClose }: MoveDialogProps) => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const analytics = useAnalytics();
  const clusters = useLive(operation ? undefined : `clusters of ${applicationRef}`, (signal) => api.clusters(signal), onceRhythm);
  const [wanted, setWanted] = useState<MoveIntent>();
  const [chosen, setChosen] = useState<string>();
  const [override, setOverride] = useState('');
  const [left, setLeft] = useState<{ to: string; components: string[] }>();
  const others = targetsOf(application, clusters.data ?? []);
  const to = chosen ?? others[0];
  const intent = wanted ?? usualIntent(application, clusters.data ?? [], to);
  const [typed, setTyped] = useState<{ to: string; policy: Mapping; rows: MappingRows }>();
  const [point, setPoint] = useState<string>();
  const [leaves, setLeaves] = useState(false);
  const accepted = intent === 'Failover' && override.trim() !== '' && { override: override.trim() };
  const older = intent === 'Failover' && point !== undefined && { point, ...(leaves && { acceptDataLoss: true }) };
  // What was typed of one cluster is not what is called otherwise on another.
  const mapped = typed?.to === to ? typed : undefined;
  const mapping = mapped && askedMapping(mapped.rows, mapped.policy);
  // Another cluster may be able to run them.
  const without = left !== undefined && left.to === to && { without: left.components };
  const move = usePlan(
    applicationRef,
    operation === undefined && to !== undefined ? { intent, to, ...accepted, ...without, ...older, ...mapping } : undefined,
  );
  // The plan that is shown may still be of the cluster that was chosen before.
  const planned = move.plan && move.plan.spec.home === to ? move.plan.spec : undefined;
  const offered = without ? without.without : move.plan?.spec.partial?.without;
  const sets = intent === 'Failover' ? (move.plan?.spec.sets ?? []) : [];
  const silent = move.plan?.spec.blockers.some(({ code }) => code === 'SOURCE_MAY_BE_ALIVE') ?? false;

  // What was accepted of one set is not accepted of another, nor of another cluster's.
  const choosePoint = (moment: string | undefined) => {
    setPoint(moment);
    setLeaves(false);
  };
  return (
    <PlanDialog
      title={t('move.title', { application: application.spec.title ?? application.metadata.name })}
      application={application}
      planned={move}
      changesWhatRuns
      complete={to !== undefined}
      execute={t(`move.execute.${intent}`)}
      request={t('move.request')}
      operation={operation}
      onPress={() => analytics.captureEvent('move', application.metadata.name, { attributes: { intent, to: to ?? '' } })}
      onStarted={onStarted}
      onClose={onClose}
    >
      {clusters.loading && <Loading />}
      {clusters.error && <Problem error={clusters.error} onRetry={clusters.refresh} />}
      {clusters.data && to === undefined && <Notice status="info" title={t('move.nowhere')} text={t('move.nowhereText')} />}
      {to !== undefined && (
        <>
          <div className={styles.choices}>
            <RadioGroup
              className={styles.components}
              label={t('restore.mode')}
              orientation="horizontal"
              value={intent}
              description={t(`move.help.${intent}`)}
              onChange={(value) => setWanted(value as MoveIntent)}
            >
              {moveIntents.map((one) => (
                <Radio key={one} value={one}>
                  {t(`move.intents.${one}`)}
                </Radio>
              ))}
            </RadioGroup>
            <Select
              label={t('move.to')}
              options={others.map((name) => ({ id: name, label: name }))}
              value={to}
              onChange={(name) => {
                setChosen(name === null ? undefined : String(name));
                choosePoint(undefined);
              }}
            />
            {intent === 'Failover' && (sets.length > 0 || point !== undefined) && (
              <OlderSets
                sets={sets}
                chosen={point}
                onChoose={choosePoint}
                asks={point !== undefined && (leaves || (move.plan?.spec.blockers.some(({ code }) => code === 'NEWER_DATA_LEFT') ?? false))}
                accepted={leaves}
                onAccept={setLeaves}
              />
            )}
            {intent === 'Failover' && (silent || accepted) && (
              <TextField
                label={t('move.override')}
                description={t('move.overrideHelp')}
                value={override}
                onChange={setOverride}
                maxLength={1000}
              />
            )}
          </div>
          {offered && (
            <Checkbox
              className={styles.components}
              isSelected={without !== false}
              onChange={(leaves) => setLeft(leaves ? { to, components: offered } : undefined)}
            >
              {t(`move.without.${intent}`, { components: offered.join(', '), to })}
            </Checkbox>
          )}
          {(mapped || planned) && (
            <MoveMapping
              to={to}
              rows={mapped?.rows ?? rowsOf(planned?.mapping)}
              // The first plan asked for nothing: what it maps is what the policy says.
              onChange={(rows) => setTyped({ to, policy: mapped?.policy ?? planned?.mapping ?? {}, rows })}
            />
          )}
          <Readiness items={readinessOf(application, clusters.data ?? [], to, t, planned)} />
        </>
      )}
    </PlanDialog>
  );
};
