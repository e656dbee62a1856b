import type { KubeObject } from '../ports/kubernetes.ts';

/** What deploys an object, as its labels and annotations say; it may live on another cluster. */
export interface Deployer {
  kind: 'Application' | 'Kustomization' | 'HelmRelease';
  /** Absent where the mark does not name it. */
  name?: string;
  namespace?: string;
}

/** Argo CD by its label or annotation (`app:group/kind:namespace/name`), Flux by the labels of its two controllers. Undefined: nobody. */
export function deployerOf({ metadata: { labels = {}, annotations = {} } }: Pick<KubeObject, 'metadata'>): Deployer | undefined {
  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  const instance = labels['argocd.argoproj.io/instance'];
  if (tracking !== undefined || instance !== undefined) {
    const name = instance ?? tracking?.split(':', 1)[0];
    return { kind: 'Application', ...(name ? { name } : {}) };
  }
  for (const [kind, controller] of [
    ['Kustomization', 'kustomize'],
    ['HelmRelease', 'helm'],
  ] as const) {
    const [name, namespace] = ['name', 'namespace'].map((key) => labels[`${controller}.toolkit.fluxcd.io/${key}`]);
    if (name !== undefined) return { kind, name, ...(namespace !== undefined && { namespace }) };
  }
  return undefined;
}

/** How a person makes it rest. */
export function pauseOf({ kind, name = 'NAME', namespace }: Deployer): string {
  if (kind === 'Application') return `argocd app set ${name} --sync-policy none`;
  return `flux suspend ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}
