import { type Raw, listAt, textAt } from './raw.ts';

/** An object of the same namespace that a pod cannot run without. */
export interface ConfigReference {
  kind: 'ConfigMap' | 'Secret' | 'ServiceAccount';
  name: string;
}

/** PersistentVolumeClaims that a pod spec names. (Generic ephemeral volumes die with their pod and are not data.) */
export function claimsOf(podSpec: unknown): string[] {
  return unique(listAt(podSpec, 'volumes').map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName')));
}

export function imagesOf(podSpec: unknown): string[] {
  return unique(containersOf(podSpec).map((container) => textAt(container, 'image')));
}

/** ConfigMaps, Secrets and the ServiceAccount that a pod spec refers to, each once. */
export function referencesOf(podSpec: unknown): ConfigReference[] {
  const configMaps: (string | undefined)[] = [];
  const secrets: (string | undefined)[] = [];
  const source = (from: Raw) => {
    configMaps.push(
      textAt(from, 'configMapRef', 'name'),
      textAt(from, 'valueFrom', 'configMapKeyRef', 'name'),
      textAt(from, 'configMap', 'name'),
    );
    secrets.push(textAt(from, 'secretRef', 'name'), textAt(from, 'valueFrom', 'secretKeyRef', 'name'), textAt(from, 'secret', 'name'));
    secrets.push(textAt(from, 'secret', 'secretName'));
  };
  for (const volume of listAt(podSpec, 'volumes')) {
    source(volume);
    listAt(volume, 'projected', 'sources').forEach(source);
  }
  for (const container of containersOf(podSpec)) {
    listAt(container, 'env').forEach(source);
    listAt(container, 'envFrom').forEach(source);
  }
  for (const pull of listAt(podSpec, 'imagePullSecrets')) secrets.push(textAt(pull, 'name'));
  const account = textAt(podSpec, 'serviceAccountName') ?? textAt(podSpec, 'serviceAccount');
  return [
    ...unique(configMaps).map((name): ConfigReference => ({ kind: 'ConfigMap', name })),
    ...unique(secrets).map((name): ConfigReference => ({ kind: 'Secret', name })),
    // `default` is in every namespace and nobody has to restore it.
    ...(account === undefined || account === 'default' ? [] : [{ kind: 'ServiceAccount' as const, name: account }]),
  ];
}

function containersOf(podSpec: unknown): Raw[] {
  return [...listAt(podSpec, 'initContainers'), ...listAt(podSpec, 'containers')];
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
