import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Links {
  offer(bytes: Uint8Array): { url: string; withdraw(): void };
  /** A link that leads nowhere. */
  missing: string;
  close(): Promise<void>;
}

/** Links into a map, which something else serves by its keys below `address`, or looks up by the whole link. */
export function linksInto(blobs: Map<string, Uint8Array>, address: string): Pick<Links, 'offer' | 'missing'> {
  const whole = address.endsWith('.invalid');
  return {
    offer(bytes) {
      const url = `${address}/${crypto.randomUUID()}`;
      const key = whole ? url : url.slice(address.length + 1);
      blobs.set(key, bytes);
      return { url, withdraw: () => void blobs.delete(key) };
    },
    missing: `${address}/nothing`,
  };
}

/** Stands for an engine's object store, whose links lead to another host than the API server. */
export async function serveLinks(): Promise<Links> {
  const blobs = new Map<string, Uint8Array>();
  const server = createServer((incoming, outgoing) => {
    const bytes = blobs.get(incoming.url ?? '');
    outgoing.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    offer(bytes) {
      const path = `/${crypto.randomUUID()}`;
      blobs.set(path, bytes);
      return { url: `${address}${path}`, withdraw: () => void blobs.delete(path) };
    },
    missing: `${address}/nothing`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
