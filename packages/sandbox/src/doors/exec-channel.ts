import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { ExecOutcome } from '../api/exec.ts';

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
