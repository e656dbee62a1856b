import { at } from '../../application/raw.ts';
import { DrError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import { types } from '../../ports/kubernetes.ts';
import type { PromoteRequest, ReplicationRequest } from '../../ports/replication.ts';
import type { Reason } from '../../reason.ts';
import { read } from './ends.ts';
import { repositoryName } from './render.ts';
import { foundNothing, pulls } from './status.ts';

export async function foresee(
  context: EngineContext,
  intended: { render: ReplicationRequest; end: 'source' | 'target' } | { promote: PromoteRequest },
): Promise<Reason[]> {
  const { cluster, signal } = context;
  if ('render' in intended) {
    const { namespace } = intended.render[intended.end];
    const names = intended.render.claims.map(({ metadata }) => repositoryName(intended.render, metadata.name));
    const reasons = await Promise.all(
      names.map(async (name): Promise<Reason | undefined> => {
        try {
          const secret = await cluster.get({ type: types.secrets, name, namespace }, signal ? { signal } : {});
          const missing = ['RESTIC_REPOSITORY', 'RESTIC_PASSWORD'].filter((key) => typeof at(secret, 'data', key) !== 'string');
          return missing.length === 0 ? undefined : noRepository(context, namespace, name, `lacks ${missing.join(' and ')}`);
        } catch (error) {
          if (error instanceof NotFoundError) return noRepository(context, namespace, name, 'is not there');
          // Who may not read Secrets finds out from VolSync's own condition.
          if (error instanceof DrError && error.code === 'FORBIDDEN') return undefined;
          throw error;
        }
      }),
    );
    return reasons.flatMap((reason) => reason ?? []);
  }
  const ends = await read(context, intended.promote.targets);
  return ends
    .filter(({ object }) => foundNothing(object) || (!pulls(object) && at(object, 'status', 'latestImage') === undefined))
    .map(({ ref }) => ({
      code: 'REPLICATION_EMPTY',
      severity: 'blocker',
      message: `${ref.name} in ${ref.namespace} on ${cluster.name} never received anything`,
      cluster: cluster.name,
      evidence: [`ReplicationDestination ${ref.namespace}/${ref.name}`],
      fix: `Look at its source: kubectl dr get replications`,
    }));
}

function noRepository({ cluster }: EngineContext, namespace: string, name: string, why: string): Reason {
  return {
    code: 'REPLICATION_SECRET_MISSING',
    severity: 'warning',
    message: `the Secret ${name} in ${namespace} on ${cluster.name} ${why}: the copy has nowhere to go`,
    cluster: cluster.name,
    evidence: [`Secret ${namespace}/${name}`],
    fix: `kubectl --context ${cluster.name} -n ${namespace} create secret generic ${name} --from-literal=RESTIC_REPOSITORY=... --from-literal=RESTIC_PASSWORD=..., a repository of its own, the same on both clusters`,
  };
}
