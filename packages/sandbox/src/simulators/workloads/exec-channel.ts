import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type Answer, requestOf } from '../../doors/http.ts';
import type { ExecOutcome } from './exec.ts';

/** Newest first. v5 differs in a channel that closes the input, which nobody has here. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Headers with which a WebSocket is accepted (RFC 6455, 4.2.2); undefined when the client speaks no protocol of ours. */
export function acceptance(headers: Headers): Record<string, string> | undefined {
  const offered = (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  const protocol = protocols.find((name) => offered.includes(name));
  const key = headers.get('sec-websocket-key');
  if (protocol === undefined || key === null) return undefined;
  return {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': createHash('sha1')
      .update(key + guid)
      .digest('base64'),
    'Sec-WebSocket-Protocol': protocol,
  };
}

/** Says what the command said and how it ended, and takes leave. What the client still sends is not read. */
export function tellOutcome(socket: Duplex, { stdout = '', stderr = '', status }: ExecOutcome): void {
  socket.on('error', () => socket.destroy());
  socket.resume();
  // The empty one tells that the streams are there.
  socket.write(frame(1, ''));
  if (stdout !== '') socket.write(frame(1, stdout));
  if (stderr !== '') socket.write(frame(2, stderr));
  socket.write(frame(3, JSON.stringify(status)));
  // 1000: everything was said.
  socket.end(Buffer.from([0x88, 2, 0x03, 0xe8]));
}

/** A whole binary message whose first byte is the channel. Servers do not mask. */
function frame(channel: number, text: string): Buffer {
  const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([0x82, length])
      : length < 65_536
        ? Buffer.from([0x82, 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x82, 127]), sizeOf(length)]);
  return Buffer.concat([head, payload]);
}

function sizeOf(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** Goes on over a connection that asked to be upgraded: what is refused is refused as over HTTP. */
async function stream(request: Request, response: Response, socket: Duplex): Promise<void> {
  const accepted = response.ok ? acceptance(request.headers) : undefined;
  const head = (status: string, headers: Iterable<readonly [string, string]>): string =>
    `HTTP/1.1 ${status}\r\n${[...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (accepted) {
    socket.write(head('101 Switching Protocols', Object.entries(accepted)));
    tellOutcome(socket, (await response.json()) as ExecOutcome);
    return;
  }
  const body = response.ok ? 'no protocol in common\n' : await response.text();
  const length = String(Buffer.byteLength(body));
  const status = response.ok ? '400 Bad Request' : `${response.status} ${response.statusText}`;
  socket.end(head(status, [...response.headers, ['content-length', length], ['connection', 'close']]) + body);
}

/** The same where there is no connection: the client gets one end of a pair. */
export async function streamTo(
  headers: Headers,
  response: Response,
  handler: Dispatcher.DispatchHandler,
  controller: Dispatcher.DispatchController & { rawHeaders?: Buffer[] | null },
): Promise<void> {
  const accepted = acceptance(headers);
  if (!accepted) throw new Error('no protocol in common');
  const [mine, theirs] = duplexPair({ allowHalfOpen: false });
  controller.rawHeaders = Object.entries(accepted)
    .flat()
    .map((text) => Buffer.from(text));
  handler.onRequestUpgrade?.(controller, 101, accepted, theirs);
  tellOutcome(mine, (await response.json()) as ExecOutcome);
}

/** For the event `upgrade`: what is refused is refused as over HTTP, what is allowed goes on as a WebSocket. */
export function upgrader(answer: Answer): (incoming: IncomingMessage, socket: Duplex) => void {
  return (incoming, socket) => {
    const gone = new AbortController();
    socket.once('close', () => gone.abort(new Error('the client went away')));
    const request = requestOf(incoming, Buffer.alloc(0), gone.signal);
    answer(request)
      .then((response) => stream(request, response, socket))
      .catch(() => socket.destroy());
  };
}
