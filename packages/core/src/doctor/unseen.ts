import { someOf } from '../some-of.ts';
import { applicationKinds } from '../application/cluster-inventory.ts';
import type { DrError } from '../errors.ts';
import type { ResourceType } from '../ports/kubernetes.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { Unseen } from './model.ts';

/** What could not be read of one cluster, refusals together with the role that would end them. */
export function unseenIn(reading: ClusterReading, kinds: readonly ResourceType[]): Unseen[] {
  const { cluster, unreachable } = reading;
  if (unreachable) {
    const { message, hint, code } = unreachable;
    const identity = code === 'FORBIDDEN' ? identityOf(unreachable) : undefined;
    return [{ cluster, types: [], message, ...(identity !== undefined && { identity }), ...(hint !== undefined && { fix: hint }) }];
  }
  const failed = kinds.flatMap((type) => {
    const error = reading.failures.get(resourceKey(type));
    return error && error.code !== 'NOT_FOUND' ? [{ type, error }] : [];
  });
  const refused = failed.filter(({ error }) => error.code === 'FORBIDDEN');
  const others = failed.filter(({ error }) => error.code !== 'FORBIDDEN');
  return [
    ...(reading.limited ? [otherNamespaces(reading, reading.limited)] : []),
    ...(refused.length > 0 ? [refusal(cluster, refused)] : []),
    ...others.map(({ type, error }) => ({
      cluster,
      types: [resourceKey(type)],
      message: error.message,
      ...(error.hint !== undefined && { fix: error.hint }),
    })),
  ];
}

/** Who may look into some namespaces only, is told of no other. */
function otherNamespaces({ cluster }: ClusterReading, { namespaces, error }: NonNullable<ClusterReading['limited']>): Unseen {
  const identity = identityOf(error);
  return {
    cluster,
    types: applicationKinds.map(resourceKey),
    message: `of ${cluster} only ${namespaces.join(', ')} was looked at: ${identity ?? 'you'} may not list what runs elsewhere`,
    ...(identity !== undefined && { identity }),
    role: roleFor(applicationKinds, identity, 'kubectl-dr-applications'),
    fix: `For more, ask an administrator of ${cluster} to apply the role below.`,
  };
}

/** Of types that may not be listed. */
export function refusal(cluster: string, refused: readonly { type: ResourceType; error: DrError }[]): Unseen {
  const identity = identityOf(refused[0]!.error);
  const types = refused.map(({ type }) => resourceKey(type));
  const some = someOf(types);
  const role = roleFor(
    refused.map(({ type }) => type),
    identity,
    'kubectl-dr-reader',
  );
  return {
    cluster,
    types,
    message: `${identity ?? 'you'} may not list ${some} on ${cluster}`,
    ...(identity !== undefined && { identity }),
    role,
    fix: `Ask an administrator of ${cluster} to apply the role below.`,
  };
}

function identityOf({ details, message }: DrError): string | undefined {
  const told = details?.user ?? details?.identity;
  if (typeof told === 'string' && told !== '') return told;
  return (/User "([^"]+)" cannot/.exec(message) ?? /^(\S+) may not /.exec(message))?.[1];
}

/** A ClusterRole that allows to list exactly these types, and its binding. */
function roleFor(types: readonly ResourceType[], identity: string | undefined, name: string): string {
  const groups = new Map<string, string[]>();
  for (const { group, resource } of types) groups.set(group, [...(groups.get(group) ?? []), resource]);
  const rules = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => `- apiGroups: ["${group}"]\n  resources: [${resources.toSorted().join(', ')}]\n  verbs: [list]`);
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(identity ?? '');
  const subject = account
    ? `- kind: ServiceAccount\n  namespace: ${account[1]}\n  name: ${account[2]}`
    : `- apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: ${JSON.stringify(identity ?? 'USER')}`;
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${name} }
rules:
${rules.join('\n')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${name} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name} }
subjects:
${subject}
`;
}
