import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { useState } from 'react';
import { type PortalApplication, drApiRef } from '../../api/drApi.ts';
import { onceRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { useText } from '../../text/useText.ts';
import { targetsOf } from '../move/readiness.ts';
import { useSets } from '../sets/useSets.ts';
import { Notice } from '../state/Notice.tsx';
import { PlanDialog } from './PlanDialog.tsx';
import { RestoreForm } from './RestoreForm.tsx';
import { RestoreMap } from './RestoreMap.tsx';
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
  const sets = useSets(application, points.data);
  const drills = operation === undefined && choice.mode === 'drill';
  const clusters = useLive(drills ? `clusters of ${applicationRef}` : undefined, (signal) => api.clusters(signal), onceRhythm);
  const restore = useRestore(applicationRef, choice, operation === undefined);
  const inPlace = !isBeside(choice.mode);
  const name = application.spec.title ?? application.metadata.name;

  return (
    <PlanDialog
      title={choice.mode === 'drill' ? t('drills.of', { components: name }) : t('restore.title', { application: name })}
      application={application}
      planned={restore}
      changesWhatRuns={inPlace}
      complete={choice.components.length > 0}
      execute={t(inPlace ? 'restore.executeInPlace' : choice.mode === 'drill' ? 'drills.begin' : 'restore.execute')}
      request={t('restore.request')}
      operation={operation}
      onPress={() =>
        analytics.captureEvent('restore', application.metadata.name, {
          attributes: { mode: choice.mode, components: choice.components.length, point: choice.point ? 'chosen' : 'latest' },
        })
      }
      onStarted={onStarted}
      onClose={onClose}
    >
      <RestoreForm
        components={all}
        points={points.data ?? []}
        sets={sets}
        clusters={targetsOf(application, clusters.data ?? [])}
        choice={choice}
        planned={choice.mode === 'clone' ? restore.plan?.spec.target[0]?.namespaces[0] : undefined}
        onChange={setChoice}
      />
      <RestoreMap application={application} points={points.data ?? []} choice={choice} onChange={setChoice} />
      {choice.components.length === 0 && <Notice status="info" title={t('restore.components')} text={t('restore.noComponents')} />}
    </PlanDialog>
  );
};
