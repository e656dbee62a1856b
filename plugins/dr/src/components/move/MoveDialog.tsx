import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { Button, Dialog, DialogBody, DialogFooter, DialogHeader, Radio, RadioGroup, Select, Text, TextField } from '@backstage/ui';
import { useState } from 'react';
import { type PortalApplication, drApiRef } from '../../api/drApi.ts';
import { onceRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { clusterNow } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { LiveOperation } from '../operation/LiveOperation.tsx';
import { RestoreConfirm } from '../restore/RestoreConfirm.tsx';
import styles from '../restore/RestoreDialog.module.css';
import { DataLoss, RestorePlan } from '../restore/RestorePlan.tsx';
import { usePlan } from '../restore/usePlan.ts';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { Problem } from '../state/Problem.tsx';
import { Readiness } from './Readiness.tsx';
import { readinessOf, targetsOf } from './readiness.ts';

const intents = ['Failover', 'Relocate', 'Failback'] as const;
type MoveIntent = (typeof intents)[number];

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
  const [intent, setIntent] = useState<MoveIntent>('Failover');
  const [chosen, setChosen] = useState<string>();
  const [override, setOverride] = useState('');
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const others = targetsOf(application, clusters.data ?? []);
  const to = chosen ?? others[0];
  const accepted = intent === 'Failover' && override.trim() !== '' && { override: override.trim() };
  const move = usePlan(applicationRef, operation === undefined && to !== undefined ? { intent, to, ...accepted } : undefined);
  const plan = move.plan?.spec;
  const rule = move.plan?.selfService ?? 'operator';
  const silent = plan?.blockers.some(({ code }) => code === 'SOURCE_MAY_BE_ALIVE') ?? false;
  const ready = plan && plan.blockers.length === 0 && !move.computing && !move.planError && rule !== 'operator';

  const execute = async () => {
    analytics.captureEvent('move', application.metadata.name, { attributes: { intent, to: to ?? '' } });
    const why = reason.trim() !== '' && { reason: reason.trim() };
    const started = await move.start({ confirm: typed.trim(), ...why });
    if (started) onStarted(started.metadata.name);
  };

  return (
    <Dialog isOpen onOpenChange={(open) => !open && onClose()} width="min(1140px, calc(100vw - 32px))">
      <DialogHeader>{t('move.title', { application: application.spec.title ?? application.metadata.name })}</DialogHeader>
      <DialogBody className={styles.body}>
        {operation ? (
          <>
            <LiveOperation id={operation} may={application.allowed} />
            <Text as="p" variant="body-small" color="secondary">
              {t('restore.started')}
            </Text>
          </>
        ) : (
          <>
            {plan && !move.planError && <DataLoss plan={plan} />}
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
                    onChange={(value) => setIntent(value as MoveIntent)}
                  >
                    {intents.map((one) => (
                      <Radio key={one} value={one}>
                        {t(`move.intents.${one}`)}
                      </Radio>
                    ))}
                  </RadioGroup>
                  <Select
                    label={t('move.to')}
                    options={others.map((name) => ({ id: name, label: name }))}
                    value={to}
                    onChange={(name) => setChosen(name === null ? undefined : String(name))}
                  />
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
                <Readiness items={readinessOf(application, clusters.data ?? [], to, t)} />
              </>
            )}
            {move.startError && <Problem title={t('restore.startFailed')} error={move.startError} />}
            {move.renewed && <Notice status="warning" title={t('restore.startFailed')} text={t('restore.stale')} />}
            {move.planError && <Problem title={t('restore.planFailed')} error={move.planError} onRetry={move.replan} />}
            {plan && !move.planError && (
              <div className={styles.plan} data-outdated={move.computing} aria-busy={move.computing}>
                <RestorePlan plan={plan} now={clusterNow(application.status.recoveryPoint)} />
              </div>
            )}
            {!plan && move.computing && <Loading lines={4} />}
            {plan && plan.blockers.length === 0 && !move.planError && (
              <RestoreConfirm
                application={plan.application}
                rule={rule}
                owner={plan.owner}
                typed={typed}
                onType={setTyped}
                reason={reason}
                onReason={setReason}
              />
            )}
          </>
        )}
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" slot="close">
          {t(operation ? 'restore.close' : 'restore.cancel')}
        </Button>
        {!operation && (
          <Button
            variant="primary"
            isDisabled={!ready || typed.trim() !== plan.application}
            isPending={move.starting}
            onPress={() => void execute()}
          >
            {rule === 'approval' ? t('move.request') : t(`move.execute.${intent}`)}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  );
};
