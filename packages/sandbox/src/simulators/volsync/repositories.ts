import type { Files } from '../volumes/volume-store.ts';

export interface ResticSnapshot {
  id: string;
  time: Date;
  files: Files;
}

/** What lies between clusters and outside of both: repositories by their address, and destinations that listen, by theirs. */
export class Between {
  readonly #repositories = new Map<string, { password: string; snapshots: ResticSnapshot[] }>();
  readonly #listening = new Map<string, (files: Files) => void>();
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

  listen(address: string, take: (files: Files) => void): void {
    this.#listening.set(address, take);
  }

  /** To whoever listens there, once. */
  send(address: string, files: Files): boolean {
    const take = this.cut ? undefined : this.#listening.get(address);
    this.#listening.delete(address);
    take?.(files);
    return take !== undefined;
  }
}
