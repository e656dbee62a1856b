import { ConflictError, InputError, NotFoundError, ServiceUnavailableError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { ArtefactKind } from './artefact-kind.ts';
import { authoritiesOf } from './authorities.ts';
import { veleroKinds } from './kinds.ts';
import { phaseOf } from './phases.ts';
import { fields, text } from './schema.ts';

/** How long a server may take to sign a link, milliseconds. */
const limit = 30_000;
/** What failed after more than so long is not tried again, milliseconds. */
const patience = 5_000;
let counter = 0;

/**
 * One artefact of a backup or restore, unpacked where it is text. A DownloadRequest that cannot be answered stays without
 * any error for ever (download_request_controller.go): so everything that would make it silent is checked before, and
 * the wait is bounded. `undefined`: the artefact does not exist (written by an older server, or not produced).
 */
export async function artefact(context: EngineContext, kind: ArtefactKind, name: string): Promise<Uint8Array | undefined> {
  const { clock, signal } = context;
  const began = clock.now().getTime();
  for (let attempt = 1; ; attempt += 1) {
    try {
      const bytes = await download(context, kind, name);
      return bytes === undefined ? undefined : await gunzip(bytes);
    } catch (error) {
      // Whole questions are asked again: a link may be dead, a broken answer may have been the last.
      if (attempt >= 3 || clock.now().getTime() - began > patience || !mayPass(error)) throw error;
      await clock.sleep(500, signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof ServiceUnavailableError || (error instanceof ConflictError && error.code === 'CONFLICT');
}

export async function jsonArtefact(context: EngineContext, kind: ArtefactKind, name: string): Promise<unknown> {
  const bytes = await artefact(context, kind, name);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadable(context, `${kind} of ${name} is not JSON`, { cause });
  }
}

/** Throws unless the backup is finished and its location answers: the two causes of silence that can be seen before. */
export async function assertReadable(context: EngineContext, backupName: string): Promise<KubeObject> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  const backup = await cluster.get({ type: veleroKinds.backups, namespace, name: backupName }, options);
  const native = fields(backup.status).phase;
  const phase = phaseOf(native);
  if (phase !== 'Succeeded' && phase !== 'Degraded') {
    throw new InputError(`the backup ${backupName} on ${cluster.name} is ${text(native) ?? 'not started'}: its contents cannot be read`, {
      cluster: cluster.name,
    });
  }
  const location = text(fields(backup.spec).storageLocation);
  if (location !== undefined) {
    const found = await cluster.get({ type: veleroKinds.locations, namespace, name: location }, options).catch((error: unknown) => {
      if (error instanceof NotFoundError)
        throw unreadable(context, `the storage location ${location} of ${backupName} does not exist`, {
          hint: 'create the location again',
        });
      throw error;
    });
    const { phase: state, message } = fields(found.status);
    if (state === 'Unavailable') {
      throw unreadable(
        context,
        `the storage location ${location} of ${backupName} is unavailable${text(message) ? `: ${text(message)}` : ''}`,
        {
          hint: 'check bucket, credentials and network of the location',
        },
      );
    }
  }
  return backup;
}

async function download(context: EngineContext, kind: ArtefactKind, name: string): Promise<Uint8Array | undefined> {
  const { cluster, clock, namespace, signal } = context;
  const options = signal ? { signal } : {};
  counter += 1;
  const suffix = `${clock.now().getTime().toString(36)}${(counter % 1296).toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
  const type = veleroKinds.downloadRequests;
  const request = await cluster.create(
    type,
    {
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      metadata: { name: `${name.slice(0, 200)}-${suffix}`, namespace },
      spec: { target: { kind, name } },
    },
    options,
  );
  const ref = { type, namespace, name: request.metadata.name };
  const deadline = clock.now().getTime() + limit;
  try {
    for (let wait = 20; ; wait = Math.min(wait * 2, 1_000)) {
      const url = text(fields((await cluster.get(ref, options)).status).downloadURL);
      if (url !== undefined) {
        const authorities = () => authoritiesOf(context, kind, name);
        return await cluster.download(url, { ...options, authorities }).catch((error: unknown) => {
          if (error instanceof NotFoundError) return undefined;
          throw error;
        });
      }
      if (clock.now().getTime() >= deadline) {
        throw unreadable(context, `the Velero server on ${cluster.name} signed no download link for ${name} within ${limit / 1000} s`, {
          hint: `is it running? kubectl --context ${cluster.name} -n ${namespace} get pods`,
        });
      }
      await clock.sleep(wait, signal);
    }
  } finally {
    // The server deletes it after ten minutes by itself; without permission to delete that is how it goes.
    await cluster.delete(ref).catch(() => undefined);
  }
}

function unreadable(context: EngineContext, message: string, options: { hint?: string; cause?: unknown } = {}): ServiceUnavailableError {
  return new ServiceUnavailableError(message, { code: 'CONTENTS_UNREADABLE', cluster: context.cluster.name, ...options });
}

/** Velero stores gzip as the object itself, not as a transfer encoding; what is not gzip is taken as it is. */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
