import { reachesNamespace } from '../compliance/coverage.ts';
import { NotFoundError } from '../errors.ts';
import type { PlanRequest } from '../planning/model.ts';
import { isSetName, momentOfSet } from '../planning/set-name.ts';
import type { Assessment } from './assess.ts';
import { findApplication } from './look.ts';

/**
 * A set is named for its moment, and asked for as that one. NotFoundError where nothing of the application was captured then, on any
 * cluster: where it would come back something may be known that its own cluster does not know any more.
 */
export function withSetMoment(assessment: Assessment, asked: PlanRequest): PlanRequest {
  const { point: name } = asked;
  if (name === undefined || !isSetName(name)) return asked;
  const application = findApplication(assessment, asked.application);
  const namespaces = new Set(application.components.flatMap(({ placements }) => placements.map(({ namespace }) => namespace)));
  const points = assessment
    .fleet([application])
    .points.filter(({ scope, safety }) => !safety && [...namespaces].some((namespace) => reachesNamespace(scope, namespace)));
  // Whoever has called a backup so means that one.
  if (points.some((point) => point.name === name)) return asked;
  const moment = momentOfSet(
    name,
    points.map(({ capturedAt }) => Date.parse(capturedAt ?? '')),
  );
  if (moment === undefined)
    throw new NotFoundError(`there is no recovery set "${name}" of ${application.name}`, {
      code: 'NO_POINT',
      hint: `list them with: kubectl dr get sets --application ${application.name}`,
    });
  return { ...asked, point: new Date(moment).toISOString() };
}
