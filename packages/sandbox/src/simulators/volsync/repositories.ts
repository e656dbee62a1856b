import type { Files } from '../volumes/volume-store.ts';

export interface ResticSnapshot {
  id: string;
  time: Date;
  files: Files;
}

/** What lies between clusters and outside of both: repositories by their address, and destinations that listen, by theirs. */
export class Between {
  readonly #repositories = new Map<string, { password: string; snapshots: ResticSnapshot[] }>();
  readonly #listening = new Map<string, { key: string; take: (files: Files) => void }>();
  /** Nothing gets through; may be changed at any time. */
  cut = false;

  /** Of a repository; a text: why it cannot be opened. A source makes what is not there. */
  open(address: string, password: string, make: boolean): ResticSnapshot[] | string {
    if (this.cut) return `Fatal: unable to open config file: Stat: ${address}: connection refused`;
    const known = this.#repositories.get(address);
    if (known) return known.password === password ? known.snapshots : 'Fatal: wrong password or no key found';
    const snapshots: ResticSnapshot[] = [];
    if (make) this.#repositories.set(address, { password, snapshots });
    return snapshots;
  }

  listen(address: string, key: string, take: (files: Files) => void): void {
    this.#listening.set(address, { key, take });
  }

  /** To whoever listens there with the same key, once. A text: why it does not arrive. */
  send(address: string, key: string, files: Files): string | undefined {
    const listening = this.cut ? undefined : this.#listening.get(address);
    if (!listening) return 'Connection refused';
    if (listening.key !== key) return 'error:0A000410:SSL routines::ssl/tls alert handshake failure';
    this.#listening.delete(address);
    listening.take(files);
    return undefined;
  }
}
