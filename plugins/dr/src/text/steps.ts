import { createTranslationRef, useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { StepAction } from '@kubectl-dr/core/planning/model';
import { useCallback } from 'react';

/** In English nothing: the title of a step says it already, with its values. */
const names = {
  'namespace.create': '',
  'namespace.isolate': '',
  'namespace.remove': '',
  'namespace.remove.empty': '',
  'copy.stop': '',
  'fence.set': '',
  'copy.start': '',
  'objects.carry': '',
  'replication.sync': '',
  'replication.sync.end': '',
  'replication.promote': '',
  'replication.promote.end': '',
  'replication.reverse': '',
  'replication.pause': '',
  'mover.move': '',
  'mover.finish': '',
  'engine.backup': '',
  'point.await': '',
  'point.remove': '',
  'engine.restore': '',
  'engine.restore.end': '',
  'engine.restore.release': '',
  'await.ready': '',
  'workload.scale': '',
  'workload.restart': '',
  'object.suspend': '',
  'object.resume': '',
  'await.quiet': '',
  'await.claims': '',
  'volume.keep': '',
  'claim.remove': '',
  'claim.discard': '',
  'volume.rebind': '',
  'volume.release': '',
  'objects.restore': '',
  'objects.remove': '',
  'object.create': '',
  'check.http': '',
  'check.exec': '',
} as const satisfies Record<StepAction['kind'], ''>;

/** Names of what steps do, for languages in which their titles, which are the backend's and in English, need one. */
export const drStepsTranslationRef = createTranslationRef({
  id: 'plugin.dr.steps',
  // Loaded only when chosen.
  translations: { zh: () => import('./zhSteps.ts') },
  messages: names,
});

/** What a step does in the user's language; undefined where its title says it, and for actions newer than this page. */
export function useStepName(): (kind: string) => string | undefined {
  const { t } = useTranslationRef(drStepsTranslationRef);
  return useCallback(
    (kind: string) => {
      if (!isKnown(kind)) return undefined;
      const name = t(kind);
      // Where one kind begins like another (`engine.restore`, `engine.restore.end`), an empty name is not found, and its key is given.
      return name === '' || name === kind ? undefined : name;
    },
    [t],
  );
}

function isKnown(kind: string): kind is StepAction['kind'] {
  return Object.hasOwn(names, kind);
}
