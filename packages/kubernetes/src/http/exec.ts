import { DrError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { ExecResult } from '@kubectl-dr/core/ports/cluster';
import { execOutputLimit } from '@kubectl-dr/core/ports/cluster';
import { errorOfFailure } from './errors.ts';
import type { Transport } from './transport.ts';

/** Every server since 1.4 speaks it; newer ones only add a way to close the input, which we have not. */
const protocol = 'v4.channel.k8s.io';
const channels = { stdout: 1, stderr: 2, status: 3 } as const;

interface Status {
  status?: string;
  message?: string;
  reason?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

export interface ExecCall {
  path: string;
  what: string;
  signal?: AbortSignal;
  /** Milliseconds for the whole of it. */
  timeout?: number;
}

/** A command in a container over the channel protocol: each frame begins with the number of its channel, the last is a Status. */
export async function exec(transport: Transport, { path, what, signal, timeout }: ExecCall): Promise<ExecResult> {
  signal?.throwIfAborted();
  const target = transport.targetOf({ target: { verb: 'exec', what } });
  const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const sockets = await transport.sockets(signal);
  const socket = sockets.open(path, protocol);
  socket.binaryType = 'arraybuffer';
  const outputs = { [channels.stdout]: new Output(), [channels.stderr]: new Output(), [channels.status]: new Output() };
  let opened = false;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => (opened = true));
      socket.addEventListener('message', ({ data }) => {
        if (!(data instanceof ArrayBuffer) || data.byteLength === 0) return;
        const bytes = new Uint8Array(data);
        outputs[bytes[0] as 1]?.add(bytes.subarray(1));
        // It is the last thing that is said.
        if (bytes[0] === channels.status) resolve();
      });
      // An error is always followed by a close.
      socket.addEventListener('close', () => resolve());
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      limit?.addEventListener('abort', () => reject(errorOfFailure(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }), target)), {
        once: true,
      });
    });
  } finally {
    if (socket.readyState <= socket.OPEN) socket.close();
    await sockets.close();
  }
  if (!opened) throw await whyRefused(transport, path, what, signal);
  const text = outputs[channels.status].text();
  if (text === '')
    throw errorOfFailure(Object.assign(new Error('the connection ended before the command did'), { code: 'ECONNRESET' }), target);
  const stdout = outputs[channels.stdout].text();
  const stderr = outputs[channels.stderr].text();
  return { exitCode: exitCodeOf(text, target), stdout, stderr };
}

function exitCodeOf(text: string, { cluster, what }: { cluster: string; what: string }): number {
  let status: Status;
  try {
    status = JSON.parse(text) as Status;
  } catch {
    status = { message: text.slice(0, 200) };
  }
  if (status.status === 'Success') return 0;
  const code = Number(status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message);
  if (status.reason === 'NonZeroExitCode' && Number.isInteger(code)) return code;
  throw new ServiceUnavailableError(`${cluster} failed to exec ${what}: ${status.message ?? 'no reason was given'}`, {
    code: 'CLUSTER_ERROR',
    cluster,
  });
}

/**
 * A WebSocket that was not accepted does not tell why. The same request without an upgrade is refused at the same place,
 * with a sentence, and starts nothing: the upgrade is the last thing that the server asks for.
 */
async function whyRefused(transport: Transport, path: string, what: string, signal?: AbortSignal): Promise<DrError> {
  const target = { verb: 'exec', what };
  try {
    await transport.json({ method: 'GET', path, target, ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    if (!/upgrade/i.test(error.message)) return error;
  }
  const { cluster } = transport.targetOf({ target });
  return new ServiceUnavailableError(`${cluster} does not accept WebSockets, or something on the way does not: exec ${what}`, {
    code: 'CLUSTER_ERROR',
    cluster,
    hint: 'a proxy in between has to let connections be upgraded',
  });
}

/** What came over one channel, up to the limit. */
class Output {
  #chunks: Uint8Array[] = [];
  #size = 0;

  add(bytes: Uint8Array): void {
    if (this.#size >= execOutputLimit) return;
    const taken = bytes.subarray(0, execOutputLimit - this.#size);
    this.#chunks.push(taken);
    this.#size += taken.length;
  }

  text(): string {
    return new TextDecoder().decode(Buffer.concat(this.#chunks));
  }
}
