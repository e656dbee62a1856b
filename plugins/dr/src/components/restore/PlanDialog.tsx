import { Button, Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import { type ReactNode, useState } from 'react';
import type { PortalApplication } from '../../api/drApi.ts';
import { useOperation } from '../../hooks/useOperation.ts';
import { clusterNow } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { FollowedOperation } from '../operation/LiveOperation.tsx';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { Problem } from '../state/Problem.tsx';
import { RestoreConfirm } from './RestoreConfirm.tsx';
import styles from './RestoreDialog.module.css';
import { DataLoss, RestorePlan } from './RestorePlan.tsx';
import type { Planned } from './usePlan.ts';

interface PlanDialogProps {
  title: string;
  application: PortalApplication;
  planned: Planned;
  /** It changes what runs: the name is typed before, and whom the policy names has to agree. */
  changesWhatRuns: boolean;
  /** Everything that has to be chosen is. */
  complete: boolean;
  execute: string;
  /** Instead of `execute`, where another person has to agree. */
  request: string;
  /** The operation that was started here, also after a reload. */
  operation?: string;
  /** When it is pressed. */
  onPress(): void;
  onStarted(operation: string): void;
  onClose(): void;
  /** What is chosen. */
  children: ReactNode;
}

/** Choices, the plan that they make, what is lost in the first line, one press, and then the operation. */
export const PlanDialog = ({ title, application, planned, complete, operation, onClose, children, ...props }: PlanDialogProps) => {
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const live = useOperation(operation);
  // After a reload nobody knows what was chosen in this dialog, but the operation knows what it is.
  const [reloaded] = useState(operation !== undefined);
  const name = application.spec.title ?? application.metadata.name;
  const before = reloaded ? name : title;
  const header = live.data ? t(`operation.title.${live.data.spec.intent}`, { application: name }) : before;
  const plan = planned.plan?.spec;
  const rule = planned.plan?.selfService ?? 'owner';
  const ready = plan && plan.blockers.length === 0 && !planned.computing && complete && rule !== 'operator';
  const blocked = !ready || (props.changesWhatRuns && typed.trim() !== plan.application);

  const execute = async () => {
    props.onPress();
    const why = reason.trim() !== '' && { reason: reason.trim() };
    const started = await planned.start({ ...(props.changesWhatRuns && { confirm: typed.trim() }), ...why });
    if (started) props.onStarted(started.metadata.name);
  };

  return (
    <Dialog isOpen onOpenChange={(open) => !open && onClose()} width="min(1140px, calc(100vw - 32px))">
      <DialogHeader>{header}</DialogHeader>
      <DialogBody className={styles.body}>
        {operation ? (
          <FollowedOperation id={operation} live={live} may={application.allowed} whileRunning={t('restore.started')} />
        ) : (
          <>
            {plan && <DataLoss plan={plan} />}
            {planned.startError && <Problem title={t('restore.startFailed')} error={planned.startError} />}
            {planned.renewed && <Notice status="warning" title={t('restore.startFailed')} text={t('restore.stale')} />}
            {children}
            {planned.planError && <Problem title={t('restore.planFailed')} error={planned.planError} onRetry={planned.replan} />}
            {plan && !planned.planError && (
              <div className={styles.plan} data-outdated={planned.computing} aria-busy={planned.computing}>
                <RestorePlan plan={plan} now={clusterNow(application.status.recoveryPoint)} />
              </div>
            )}
            {!plan && planned.computing && <Loading lines={4} />}
            {plan && props.changesWhatRuns && plan.blockers.length === 0 && !planned.planError && (
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
          <Button variant="primary" isDisabled={blocked} isPending={planned.starting} onPress={() => void execute()}>
            {rule === 'approval' ? props.request : props.execute}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  );
};
