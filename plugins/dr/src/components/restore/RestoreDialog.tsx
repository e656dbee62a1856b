import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { Button, Dialog, DialogBody, DialogFooter, DialogHeader, Text } from '@backstage/ui';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import { useState } from 'react';
import { drApiRef } from '../../api/drApi.ts';
import { onceRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { clusterNow } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { LiveOperation } from '../operation/LiveOperation.tsx';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { Problem } from '../state/Problem.tsx';
import styles from './RestoreDialog.module.css';
import { RestoreForm } from './RestoreForm.tsx';
import { DataLoss, RestorePlan } from './RestorePlan.tsx';
import { type RestoreChoice, useRestore } from './useRestore.ts';

export interface RestoreDialogProps {
  /** What the API is asked with: the application's entity ref, or its name where the catalog does not know it. */
  applicationRef: string;
  application: WireApplication;
  /** Chosen when it opens; absent: all. */
  components?: string[];
  point?: string;
  /** The operation that was started here, also after a reload. */
  operation?: string;
  onStarted(operation: string): void;
  onClose(): void;
}

/** The plan is computed while this opens: one press executes the safe default, a copy beside the running one. */
export const RestoreDialog = ({ applicationRef, application, operation, onStarted, onClose, ...initial }: RestoreDialogProps) => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const analytics = useAnalytics();
  const all = application.spec.components;
  const [choice, setChoice] = useState<RestoreChoice>({
    point: initial.point,
    components: initial.components ?? all.map((component) => component.name),
  });
  const points = useLive(operation ? undefined : applicationRef, (signal) => api.points(applicationRef, signal), onceRhythm);
  const restore = useRestore(applicationRef, choice, operation === undefined);
  const plan = restore.plan?.spec;
  const blocked = !plan || plan.blockers.length > 0 || restore.computing || choice.components.length === 0;

  const execute = async () => {
    analytics.captureEvent('restore', application.metadata.name, {
      attributes: { mode: 'clone', components: choice.components.length, point: choice.point ? 'chosen' : 'latest' },
    });
    const started = await restore.start();
    if (started) onStarted(started.metadata.name);
  };

  return (
    <Dialog isOpen onOpenChange={(open) => !open && onClose()} width="min(820px, calc(100vw - 32px))">
      <DialogHeader>{t('restore.title', { application: application.spec.title ?? application.metadata.name })}</DialogHeader>
      <DialogBody className={styles.body}>
        {operation ? (
          <>
            <LiveOperation id={operation} mayAct />
            <Text as="p" variant="body-small" color="secondary">
              {t('restore.started')}
            </Text>
          </>
        ) : (
          <>
            {plan && <DataLoss plan={plan} />}
            {restore.startError && <Problem title={t('restore.startFailed')} error={restore.startError} />}
            {restore.renewed && <Notice status="warning" title={t('restore.startFailed')} text={t('restore.stale')} />}
            <RestoreForm
              components={all}
              points={points.data ?? []}
              choice={choice}
              planned={plan?.target[0]?.namespaces[0]}
              onChange={setChoice}
            />
            {choice.components.length === 0 && <Notice status="info" title={t('restore.components')} text={t('restore.noComponents')} />}
            {restore.planError && <Problem title={t('restore.planFailed')} error={restore.planError} onRetry={restore.replan} />}
            {plan && !restore.planError && (
              <div className={styles.plan} data-outdated={restore.computing} aria-busy={restore.computing}>
                <RestorePlan plan={plan} now={clusterNow(application.status.recoveryPoint)} />
              </div>
            )}
            {!plan && restore.computing && <Loading lines={4} />}
          </>
        )}
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" slot="close">
          {t(operation ? 'restore.close' : 'restore.cancel')}
        </Button>
        {!operation && (
          <Button variant="primary" isDisabled={blocked} isPending={restore.starting} onPress={() => void execute()}>
            {t('restore.execute')}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  );
};
