import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { Button, Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import { useState } from 'react';
import { type PortalApplication, drApiRef } from '../../api/drApi.ts';
import { onceRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { clusterNow } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { LiveOperation } from '../operation/LiveOperation.tsx';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { Problem } from '../state/Problem.tsx';
import styles from './RestoreDialog.module.css';
import { RestoreConfirm } from './RestoreConfirm.tsx';
import { RestoreForm } from './RestoreForm.tsx';
import { RestoreMap } from './RestoreMap.tsx';
import { DataLoss, RestorePlan } from './RestorePlan.tsx';
import { type RestoreChoice, type RestoreMode, isBeside, useRestore } from './useRestore.ts';

export interface RestoreDialogProps {
  /** What the API is asked with: the application's entity ref, or its name where the catalog does not know it. */
  applicationRef: string;
  application: PortalApplication;
  /** Chosen when it opens; absent: all. */
  components?: string[];
  point?: string;
  /** Absent: a copy beside the running one. */
  mode?: RestoreMode;
  /** The operation that was started here, also after a reload. */
  operation?: string;
  onStarted(operation: string): void;
  onClose(): void;
}

/**
 * The plan is computed while this opens: one press executes the safe default, a copy beside the running one. What changes
 * the running one wants its name typed, and where the policy says so another person.
 */
export const RestoreDialog = ({ applicationRef, application, operation, onStarted, onClose, ...initial }: RestoreDialogProps) => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const analytics = useAnalytics();
  const all = application.spec.components;
  const [choice, setChoice] = useState<RestoreChoice>({
    mode: initial.mode ?? 'clone',
    allowMissingVolumes: false,
    prune: false,
    restartDependents: false,
    point: initial.point,
    components: initial.components ?? all.map((component) => component.name),
  });
  const points = useLive(operation ? undefined : applicationRef, (signal) => api.points(applicationRef, signal), onceRhythm);
  const restore = useRestore(applicationRef, choice, operation === undefined);
  const plan = restore.plan?.spec;
  const rule = restore.plan?.selfService ?? 'owner';
  const inPlace = !isBeside(choice.mode);
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const ready = plan && plan.blockers.length === 0 && !restore.computing && choice.components.length > 0 && rule !== 'operator';
  const blocked = !ready || (inPlace && typed.trim() !== plan.application);

  const execute = async () => {
    analytics.captureEvent('restore', application.metadata.name, {
      attributes: { mode: choice.mode, components: choice.components.length, point: choice.point ? 'chosen' : 'latest' },
    });
    const why = reason.trim() !== '' && { reason: reason.trim() };
    const started = await restore.start({ ...(inPlace && { confirm: typed.trim() }), ...why });
    if (started) onStarted(started.metadata.name);
  };

  return (
    <Dialog isOpen onOpenChange={(open) => !open && onClose()} width="min(1140px, calc(100vw - 32px))">
      <DialogHeader>{t('restore.title', { application: application.spec.title ?? application.metadata.name })}</DialogHeader>
      <DialogBody className={styles.body}>
        {operation ? (
          <LiveOperation id={operation} may={application.allowed} whileRunning={t('restore.started')} />
        ) : (
          <>
            {plan && <DataLoss plan={plan} />}
            {restore.startError && <Problem title={t('restore.startFailed')} error={restore.startError} />}
            {restore.renewed && <Notice status="warning" title={t('restore.startFailed')} text={t('restore.stale')} />}
            <RestoreForm
              components={all}
              points={points.data ?? []}
              choice={choice}
              planned={choice.mode === 'clone' ? plan?.target[0]?.namespaces[0] : undefined}
              onChange={setChoice}
            />
            <RestoreMap application={application} points={points.data ?? []} choice={choice} onChange={setChoice} />
            {choice.components.length === 0 && <Notice status="info" title={t('restore.components')} text={t('restore.noComponents')} />}
            {restore.planError && <Problem title={t('restore.planFailed')} error={restore.planError} onRetry={restore.replan} />}
            {plan && !restore.planError && (
              <div className={styles.plan} data-outdated={restore.computing} aria-busy={restore.computing}>
                <RestorePlan plan={plan} now={clusterNow(application.status.recoveryPoint)} />
              </div>
            )}
            {!plan && restore.computing && <Loading lines={4} />}
            {plan && inPlace && plan.blockers.length === 0 && !restore.planError && (
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
          <Button variant="primary" isDisabled={blocked} isPending={restore.starting} onPress={() => void execute()}>
            {t(
              rule === 'approval'
                ? 'restore.request'
                : inPlace
                  ? 'restore.executeInPlace'
                  : choice.mode === 'drill'
                    ? 'drills.begin'
                    : 'restore.execute',
            )}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  );
};
