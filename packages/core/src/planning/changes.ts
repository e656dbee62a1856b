import type { KubeObject } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import { isGenerated } from './controllers.ts';
import type { Change } from './model.ts';
import { namesNamespace, neutralise } from './neutralise.ts';

interface Where {
  cluster: string;
  source: string;
  target: string;
  /** Of the target cluster; absent: they could not be read, so nothing is said about them. */
  storageClasses?: readonly string[];
}

/** What a clone creates, object by object, with each rewrite; and what stands in its way. */
export function changesOf(captured: readonly KubeObject[], where: Where): { changes: Change[]; blockers: Reason[]; warnings: Reason[] } {
  const changes: Change[] = [];
  const blockers: Reason[] = [];
  const hardCoded: string[] = [];
  const missing = new Map<string, string[]>();
  for (const object of captured) {
    if (object.metadata.namespace !== where.source || isGenerated(object)) continue;
    const rewritten = neutralise(object, where.source, where.target);
    changes.push({
      action: 'create',
      cluster: where.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: where.target,
      name: object.metadata.name,
      ...(rewritten ? { fields: rewritten.fields } : {}),
    });
    if (namesNamespace(object, where.source)) hardCoded.push(`${object.kind} ${object.metadata.name}`);
    const storageClass = storageClassOf(object);
    if (storageClass && where.storageClasses && !where.storageClasses.includes(storageClass))
      missing.set(storageClass, [...(missing.get(storageClass) ?? []), object.metadata.name]);
  }
  for (const [storageClass, claims] of missing) {
    blockers.push({
      code: 'STORAGE_CLASS_MISSING',
      severity: 'blocker',
      cluster: where.cluster,
      message: `the StorageClass ${storageClass} does not exist on ${where.cluster}`,
      evidence: claims.map((claim) => `PersistentVolumeClaim ${where.source}/${claim}`),
      fix: `create it: kubectl --context ${where.cluster} get storageclass`,
    });
  }
  const warnings: Reason[] =
    hardCoded.length === 0
      ? []
      : [
          {
            code: 'NAMESPACE_NAMED_IN_CONFIG',
            severity: 'warning',
            cluster: where.cluster,
            message: `${hardCoded.length} objects name the namespace ${where.source} in their configuration: the copy would talk to the original, were it not isolated`,
            evidence: hardCoded.slice(0, 20),
            fix: `correct them in ${where.target}, or leave it isolated`,
          },
        ];
  changes.sort((a, b) => `${a.kind}/${a.name}`.localeCompare(`${b.kind}/${b.name}`));
  return { changes, blockers, warnings };
}

function storageClassOf(object: KubeObject): string | undefined {
  if (object.kind !== 'PersistentVolumeClaim') return undefined;
  const name = (object.spec as Record<string, unknown> | undefined)?.storageClassName;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
