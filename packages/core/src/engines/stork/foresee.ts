import { DrError, InputError, NotFoundError } from '../../errors.ts';
import type { Intended } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { Reason } from '../../reason.ts';
import { locationFor, selectorsOf } from './backup.ts';
import { kinds } from './kinds.ts';
import { troubleOf } from './location.ts';
import { refusal } from './restore.ts';

export async function foresee(context: EngineContext, intended: Intended): Promise<Reason[]> {
  const { cluster, namespace } = context;
  const about = { severity: 'blocker' as const, cluster: cluster.name };
  if ('restore' in intended) {
    const { point } = intended.restore;
    const trouble = refusal(intended.restore, namespace);
    if (trouble === undefined) return [];
    return [{ ...about, code: 'POINT_UNUSABLE', message: trouble, evidence: [`${kinds.backups.kind} ${point.namespace}/${point.name}`] }];
  }
  const { location, labelSelector, volumes } = intended.backup;
  try {
    if (labelSelector !== undefined) selectorsOf(labelSelector);
    if (volumes === 'none') throw new InputError('Stork takes the volumes of what it backs up: it cannot leave them out');
    const found = await locationFor(context, location);
    const trouble = troubleOf(found);
    if (trouble === undefined) return [];
    const name = found.metadata.name;
    return [
      {
        ...about,
        code: 'LOCATION_UNAVAILABLE',
        message: `the BackupLocation ${name} on ${cluster.name}, in which a backup would lie, ${trouble}`,
        evidence: [`${kinds.locations.kind} ${namespace}/${name}`],
        fix: `kubectl --context ${cluster.name} -n ${namespace} edit backuplocation ${name}`,
      },
    ];
  } catch (error) {
    // Who may not read locations finds out from the server.
    if (!(error instanceof DrError) || error.code === 'FORBIDDEN') {
      if (error instanceof DrError) return [];
      throw error;
    }
    if (!(error instanceof NotFoundError) && !(error instanceof InputError)) throw error;
    return [
      {
        ...about,
        code: error instanceof NotFoundError || location === undefined ? 'LOCATION_MISSING' : 'NO_ENGINE',
        message: error.message,
        evidence: [`${kinds.locations.kind} ${namespace}/${location ?? '(none named)'}`],
        ...(error.hint !== undefined && { fix: error.hint }),
      },
    ];
  }
}
