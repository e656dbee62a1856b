import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Change } from '../model.ts';
import { comparable } from './comparable.ts';
import { fieldChanges } from './fields.ts';
import { withoutSecrets } from './secrets.ts';

/** Fields that the server refuses to change on an object that exists: only deleting and making it again would. */
const immutable: Readonly<Record<string, RegExp>> = {
  PersistentVolumeClaim: /^spec\.(?!resources\.requests)/,
  StatefulSet: /^spec\.(serviceName|selector|podManagementPolicy|volumeClaimTemplates)/,
  Deployment: /^spec\.selector/,
  DaemonSet: /^spec\.selector/,
  ReplicaSet: /^spec\.selector/,
  Job: /^spec\.(selector|template|completions|completionMode)/,
  Service: /^spec\.clusterIP/,
  Secret: /^type$/,
  RoleBinding: /^roleRef/,
  StorageClass: /^(provisioner|parameters|reclaimPolicy|volumeBindingMode)/,
};

/**
 * What bringing the captured object back does to the live one: `create` when there is none, `leave` when they mean the
 * same, `conflict` when a field would have to change that the server does not let change, else `change`. Values of
 * Secrets are never told, nor what else opens something (`secrets.ts`).
 */
export function objectChange(
  cluster: string,
  captured: KubeObject,
  live: KubeObject | undefined,
  isMark: (key: string) => boolean,
): Change & { action: 'create' | 'change' | 'leave' | 'conflict' } {
  const { apiVersion, kind } = captured;
  const { name, namespace } = captured.metadata;
  const about = { cluster, apiVersion, kind, ...(namespace !== undefined && { namespace }), name };
  if (!live) return { action: 'create', ...about };
  const fields = fieldChanges(comparable(live, isMark), comparable(captured, isMark)).map((field) => withoutSecrets(kind, field));
  if (fields.length === 0) return { action: 'leave', ...about };
  const stuck = immutable[kind];
  const locked =
    stuck === undefined && !frozen(live)
      ? []
      : fields.filter(({ path }) => stuck?.test(path) || (frozen(live) && /^(data|stringData|binaryData)/.test(path)));
  if (locked.length === 0) return { action: 'change', ...about, fields };
  return {
    action: 'conflict',
    ...about,
    fields: fields.map((field) => (locked.includes(field) ? { ...field, why: 'the server does not let this field change' } : field)),
  };
}

function frozen(object: KubeObject): boolean {
  return object.immutable === true;
}
