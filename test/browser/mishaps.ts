import { createServer as createDoor } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { RunningSandbox } from '@kubectl-dr/sandbox';

/** What is wrong with the clusters: all of it; what is not named is well again. */
export interface Mishaps {
  /** Nobody reaches west: its connections break, and there are no new ones. */
  westDown?: boolean;
  /** Requests to east that fail, see the faults of the sandbox. */
  east?: RunningSandbox['clusters']['east']['faults'];
}

export interface MishapsDoor {
  /** Where Mishaps are posted to: the tests run in another process than the clusters. */
  url: string;
  /** The kubeconfig, with west behind a line that can be cut. */
  kubeconfig(text: string): string;
  close(): Promise<void>;
}

export async function openMishapsDoor(sandbox: RunningSandbox): Promise<MishapsDoor> {
  const line = await layLine(Number(new URL(sandbox.url).port));
  const befall = ({ westDown = false, east = [] }: Mishaps): void => {
    line.cut(westDown);
    sandbox.clusters.east.faults.splice(0, Infinity, ...east);
  };
  const door = createDoor((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      befall(JSON.parse(body) as Mishaps);
      response.writeHead(204).end();
    })();
  });
  const port = await listen(door);
  return {
    url: `http://127.0.0.1:${port}`,
    kubeconfig(text) {
      const { origin } = new URL(sandbox.url);
      return text.replaceAll(`${origin}/clusters/west`, `${origin.replace(/\d+$/, String(line.port))}/clusters/west`);
    },
    async close() {
      line.cut(true);
      await Promise.all([closed(door), closed(line.server)]);
    },
  };
}

/** Bytes to and fro, until it is cut. */
async function layLine(to: number): Promise<{ port: number; server: Server; cut(down: boolean): void }> {
  const open = new Set<Socket>();
  let down = false;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      // Broken on purpose, or because the other side went away.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
    if (down) near.destroy();
  });
  return {
    port: await listen(server),
    server,
    cut(now) {
      down = now;
      if (down) for (const socket of open) socket.destroy();
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
