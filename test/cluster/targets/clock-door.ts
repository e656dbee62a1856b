import { createServer, request as plain } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import type { Clock } from '@kubectl-dr/core/ports/clock';

/**
 * A way to an API server by which its clock is that of a test: what the server says of time, in headers and in whatever was
 * written since the door was opened, is told as the test's clock stood at the end of that second. Nothing else is touched.
 */
export interface ClockDoor {
  url: string;
  /** Requests under way that are no watches. */
  readonly asked: number;
  /** Since something was written or a watch told of a change, milliseconds of the machine. */
  quietFor(): number;
  /** From now on it refuses every connection and breaks off those that are open, or no longer does. */
  refuse(all: boolean): void;
  close(): Promise<void>;
}

const stamp = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/g;
const month = 30 * 86_400_000;

/** How the clock of the test stood, from the last whole second of the machine to this one. */
export interface Moment {
  machine: number;
  test: number;
}

/** `server`: with the authority that vouches for it. `moments`: what the doors of one server have seen, so that all tell a time alike. */
export async function clockDoor(server: { url: string; ca: string }, clock: Clock, moments: Moment[] = []): Promise<ClockDoor> {
  const opened = Date.now();
  const agent = new Agent({ keepAlive: true, ca: server.ca });
  let asked = 0;
  let refuses = false;
  let lastChange = performance.now();

  const look = (): number => {
    const now = clock.now().getTime();
    if (moments.at(-1)?.test !== now) moments.push({ machine: Date.now(), test: now });
    return now;
  };
  const told = (text: string): string => {
    const machine = Date.parse(text);
    if (machine < opened - month || machine > Date.now() + 3_600_000) return text;
    const moment = moments.findLast((each) => each.machine < machine + 1_000) ?? moments[0]!;
    return new Date(moment.test).toISOString().replace(/\.\d+Z$/, 'Z');
  };
  /** Byte for byte as long as before. */
  const translated = (bytes: string): string => bytes.replace(stamp, (_, text: string) => `"${told(text)}"`);

  const door = createServer((incoming, outgoing) => {
    look();
    const watches = /[?&]watch=/.test(incoming.url!);
    if (!watches) asked += 1;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      if (watches) return;
      asked -= 1;
      if (incoming.method !== 'GET') lastChange = performance.now();
    };
    outgoing.on('close', end);
    void bodyOf(incoming).then(
      (body) => {
        const { host: _, 'accept-encoding': __, ...headers } = incoming.headers;
        const way = server.url.startsWith('https:') ? request : plain;
        const onward = way(
          `${server.url}${incoming.url!}`,
          { method: incoming.method!, agent, headers: { ...headers, ...(body.length > 0 && { 'content-length': String(body.length) }) } },
          (answer) => {
            outgoing.writeHead(answer.statusCode!, { ...answer.headers, date: new Date(look()).toUTCString() });
            let rest = '';
            const translate = new Transform({
              transform(chunk: Buffer, _encoding, done) {
                if (watches) lastChange = performance.now();
                const text = rest + chunk.toString('latin1');
                // A line of a watch is an event; any other answer is one piece.
                const cut = watches ? text.lastIndexOf('\n') + 1 : 0;
                rest = text.slice(cut);
                done(null, Buffer.from(translated(text.slice(0, cut)), 'latin1'));
              },
              flush(done) {
                done(null, Buffer.from(translated(rest), 'latin1'));
              },
            });
            answer.on('error', () => outgoing.destroy());
            answer.pipe(translate).pipe(outgoing);
          },
        );
        onward.on('error', () => outgoing.destroy());
        outgoing.on('close', () => onward.destroy());
        onward.end(body);
      },
      () => outgoing.destroy(),
    );
  });
  door.on('connection', (socket) => {
    if (refuses) socket.destroy();
  });
  // Whoever keeps a connection shall not find it closed just when he writes.
  door.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    quietFor: () => performance.now() - lastChange,
    refuse(all) {
      refuses = all;
      if (all) door.closeAllConnections();
    },
    async close() {
      door.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => door.close(resolve));
    },
  };
}

/** What is written back carries a time of birth that the server does not know: without one it keeps its own. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (!body.includes('"creationTimestamp":"')) return body;
  const object = JSON.parse(body.toString()) as { metadata?: { creationTimestamp?: string } };
  delete object.metadata?.creationTimestamp;
  return Buffer.from(JSON.stringify(object));
}
