import type { Finding } from '../../doctor/check.ts';
import type { PolicyChange } from './model.ts';

/** What a policy made, and somebody changed or the policy no longer asks for. What was never applied is no drift. */
export function drift(application: string, changes: readonly PolicyChange[]): Finding[] {
  return changes.flatMap(({ action, fields = [], type, object, cluster, policy }): Finding[] => {
    if (action !== 'change' && action !== 'remove') return [];
    const name = `${type.kind} ${object.metadata.name}`;
    return [
      {
        code: 'POLICY_DRIFT',
        severity: 'warning',
        application,
        cluster,
        message:
          action === 'remove'
            ? `${name} on ${cluster} was made by the policy ${policy}, which no longer asks for it`
            : `${name} on ${cluster} is not as the policy ${policy} says: ${fields.map(({ path }) => path).join(', ')}`,
        evidence: [
          `${type.kind} ${object.metadata.namespace}/${object.metadata.name}`,
          ...fields
            .slice(0, 5)
            .map(({ path, from, to }) => `${path}: ${JSON.stringify(from)}, declared ${to === undefined ? 'absent' : JSON.stringify(to)}`),
        ],
        fix: `kubectl dr policy apply ${application}${action === 'remove' ? ' --prune' : ''}`,
      },
    ];
  });
}
