import { at, textAt } from '../../application/raw.ts';
import { DrError, NotFoundError, ServiceUnavailableError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { kinds } from './kinds.ts';
import { type Signer, signedLink } from './signed-link.ts';

/** What opens a bucket. Held while one file is read, and told to nobody. */
interface Store extends Signer {
  bucket: string;
  passphrase?: string;
}

/** How long one file may take, milliseconds. */
const limit = 30_000;

/**
 * A file that Stork wrote beside a backup: `resources.json`, `namespaces.json`. Stork has nobody who could be asked for it, so it is read
 * from the bucket with the location's own credential, by a link that is good for minutes. `undefined`: it was not written.
 */
export async function readFile(context: EngineContext, backup: KubeObject, file: string): Promise<unknown> {
  const { cluster } = context;
  const { name, namespace = '' } = backup.metadata;
  const signal = AbortSignal.any([AbortSignal.timeout(limit), ...(context.signal ? [context.signal] : [])]);
  const folder = folderOf(backup);
  if (folder === undefined) throw unreadable(context, `${name} in ${namespace} on ${cluster.name} does not say where its files lie`);
  try {
    const store = await storeOf({ ...context, signal }, backup);
    const link = await signedLink(store, `${store.bucket}/${folder}/${file}`, await cluster.now({ signal }));
    const bytes = await cluster.download(link, { signal }).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });
    if (bytes === undefined) return undefined;
    return JSON.parse(new TextDecoder().decode(store.passphrase === undefined ? bytes : await decrypted(bytes, store.passphrase)));
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof DrError && error.code === 'CONTENTS_UNREADABLE') throw error;
    const why =
      error instanceof DrError
        ? error.message
        : signal.aborted
          ? `no answer within ${limit / 1000} s`
          : 'it is not what Stork writes there';
    // Never the error itself as its cause: it may hold the link.
    throw unreadable(context, `${file} of ${name} on ${cluster.name} cannot be read: ${why}`);
  }
}

/**
 * Anybody may write a path into a status: one of another namespace is not followed. What was synchronised from another cluster keeps
 * its path, and lies in the namespace that its path begins with.
 */
function folderOf(backup: KubeObject): string | undefined {
  const { name, namespace, uid } = backup.metadata;
  const told = textAt(backup, 'status', 'backupPath');
  if (told !== undefined) return told.startsWith(`${namespace}/`) && !told.split('/').includes('..') ? told : undefined;
  return uid === undefined ? undefined : `${namespace}/${name}/${uid}`;
}

async function storeOf(context: EngineContext, backup: KubeObject): Promise<Store> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const namespace = backup.metadata.namespace!;
  const name = textAt(backup, 'spec', 'backupLocation') ?? '';
  const location = await cluster.get({ type: kinds.locations, namespace, name }, options).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw unreadable(context, `the BackupLocation ${namespace}/${name} on ${cluster.name} does not exist`, 'create the location again');
  });
  const type = textAt(location, 'location', 'type');
  if (type !== 's3')
    throw unreadable(
      context,
      `what lies in the BackupLocation ${name} on ${cluster.name} cannot be read from here: it is of type ${type ?? '(none)'}, not s3`,
    );
  const secret = textAt(location, 'location', 'secretConfig');
  const kept = secret === undefined ? undefined : await cluster.get({ type: types.secrets, namespace, name: secret }, options);
  const of = (field: string): string | undefined => fromSecret(kept, field) ?? textAt(location, 'location', 's3Config', field);
  const [accessKeyId, secretAccessKey] = [of('accessKeyID'), of('secretAccessKey')];
  const bucket = fromSecret(kept, 'path') ?? textAt(location, 'location', 'path');
  const passphrase = fromSecret(kept, 'encryptionKey') ?? textAt(location, 'location', 'encryptionV2Key');
  if (accessKeyId === undefined || secretAccessKey === undefined || bucket === undefined)
    throw unreadable(
      context,
      `the BackupLocation ${name} on ${cluster.name} holds no key that opens its bucket (it may use the role of its nodes)`,
    );
  const endpoint = of('endpoint') ?? 's3.amazonaws.com';
  const plain = fromSecret(kept, 'disableSSL') === 'true' || at(location, 'location', 's3Config', 'disableSSL') === true;
  return {
    address: /^https?:\/\//.test(endpoint) ? endpoint : `${plain ? 'http' : 'https'}://${endpoint}`,
    bucket,
    region: of('region') ?? 'us-east-1',
    accessKeyId,
    secretAccessKey,
    ...(passphrase !== undefined && { passphrase }),
  };
}

function fromSecret(secret: KubeObject | undefined, key: string): string | undefined {
  const value = textAt(secret, 'data', key);
  if (value === undefined) return undefined;
  const bytes = Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(bytes).replace(/\n$/, '') || undefined;
}

/** AES-256-GCM by the SHA-256 of the passphrase, after a nonce of twelve bytes (`pkg/crypto`). */
async function decrypted(bytes: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(passphrase));
  const key = await crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['decrypt']);
  const iv = bytes.slice(0, 12) as BufferSource;
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.slice(12) as BufferSource));
}

function unreadable({ cluster }: EngineContext, message: string, hint?: string): ServiceUnavailableError {
  return new ServiceUnavailableError(message, { code: 'CONTENTS_UNREADABLE', cluster: cluster.name, ...(hint !== undefined && { hint }) });
}
