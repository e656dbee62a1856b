import { ApiError } from '../../api/status.ts';
import type { Cluster } from '../../api/cluster.ts';
import { definitionFinalizer } from './definitions.ts';
import { garbageCollector } from './garbage.ts';
import { namespaceController } from './namespaces.ts';
import { protectionController } from './protections.ts';

/**
 * kube-controller-manager as far as backup and restore meet it: what every namespace holds, and the ends of namespaces, of owned
 * objects, of volumes in use and of custom resources. It writes into the store of one API server, between requests; workloads and
 * volumes are controllers over its API, beside this folder.
 */
export class ControlPlane {
  readonly #queue: (() => void)[] = [];
  readonly #stop: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(cluster: Cluster) {
    const duties = [namespaceController, garbageCollector, protectionController, definitionFinalizer].map((begin) => begin(cluster));
    this.#stop = cluster.store.subscribe((event) => duties.forEach((duty) => duty(event, (work) => this.#later(work))));
  }

  close(): void {
    this.#stop();
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  /** Does everything that is waiting, at once. */
  settle(): void {
    for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) {
      try {
        work();
      } catch (thrown) {
        // Somebody else was faster, or the namespace is gone: the world is already as it should be.
        if (!(thrown instanceof ApiError)) throw thrown;
      }
    }
  }

  #later(work: () => void): void {
    this.#queue.push(work);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.settle();
    }, 0);
  }
}
