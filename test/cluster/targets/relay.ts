import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A wire to a server that can break at any byte. What goes over it is passed on unread, so that TLS works. */
export interface Relay {
  port: number;
  /** Ends every connection as it is, or each after it has passed on so many more bytes of the server. */
  cut(after?: number): void;
  /** Ends every connection and takes no other, until `mend`. */
  sever(): void;
  /** Passes nothing on any more, and ends nothing: nobody learns of it. Also ended by `mend`. */
  mute(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function relayTo(host: string, port: number): Promise<Relay> {
  const open = new Set<Socket>();
  let state: 'whole' | 'severed' | 'mute' = 'whole';
  /** Of each connection, how much it may still pass on. */
  const left = new Map<Socket, number>();
  const server = createServer((near) => {
    if (state === 'severed') return void near.destroy();
    const far = connect(port, host);
    const end = (): void => {
      near.destroy();
      far.destroy();
      open.delete(near);
      left.delete(near);
    };
    open.add(near);
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.on('data', (bytes) => state === 'whole' && far.write(bytes));
    far.on('data', (bytes: Buffer) => {
      if (state !== 'whole') return;
      const rest = left.get(near);
      if (rest === undefined) return void near.write(bytes);
      if (bytes.length < rest) {
        left.set(near, rest - bytes.length);
        near.write(bytes);
      } else {
        left.delete(near);
        near.write(bytes.subarray(0, rest), end);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut(after) {
      if (after === undefined) endAll();
      else for (const socket of open) left.set(socket, after);
    },
    sever() {
      state = 'severed';
      endAll();
    },
    mute: () => void (state = 'mute'),
    mend() {
      // What was lost in between is lost: nothing could go on over such a connection.
      if (state === 'mute') endAll();
      state = 'whole';
    },
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
