import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Links {
  offer(bytes: Uint8Array): { url: string; withdraw(): void };
  /** An object store with addresses of its own choice below `address`, whatever signs them. */
  store: { address: string; put(path: string, bytes: Uint8Array): void; delete(path: string): void };
  /** A link that leads nowhere. */
  missing: string;
  close(): Promise<void>;
}

/** Links into a map, which something else serves by its keys below `address`, or looks up by the whole link. */
export function linksInto(blobs: Map<string, Uint8Array>, address: string): Pick<Links, 'offer' | 'missing' | 'store'> {
  const whole = address.endsWith('.invalid');
  return {
    offer(bytes) {
      const url = `${address}/${crypto.randomUUID()}`;
      const key = whole ? url : url.slice(address.length + 1);
      blobs.set(key, bytes);
      return { url, withdraw: () => void blobs.delete(key) };
    },
    missing: `${address}/nothing`,
    store: {
      address,
      put: (file, bytes) => void blobs.set(whole ? `${address}/${file}` : file, bytes),
      delete: (file) => void blobs.delete(whole ? `${address}/${file}` : file),
    },
  };
}

/** Stands for an engine's object store, whose links lead to another host than the API server. */
export async function serveLinks(): Promise<Links> {
  const blobs = new Map<string, Uint8Array>();
  const server = createServer((incoming, outgoing) => {
    const bytes = blobs.get((incoming.url ?? '').split('?')[0]!);
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
    store: {
      address,
      put: (file, bytes) => void blobs.set(`/${file}`, bytes),
      delete: (file) => void blobs.delete(`/${file}`),
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
