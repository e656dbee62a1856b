import type { PatchType, WriteOptions } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { credentialsOf } from '@kubectl-dr/kubernetes/auth/credentials';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { pathOf } from '@kubectl-dr/kubernetes/http/paths';
import { Transport } from '@kubectl-dr/kubernetes/http/transport';
import type { ClusterConfig } from '@kubectl-dr/kubernetes/kubeconfig/context';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';

/** The product's client, and what only scheduler, kubelet and other controllers ask of a server. */
export class ControlledHttpCluster extends HttpCluster implements ControlledCluster {
  readonly #transport: Transport;

  constructor(config: ClusterConfig, name: string) {
    super({ config, name });
    this.#transport = new Transport({
      config,
      credentials: credentialsOf(config, () => Date.now()),
      timeout: 30_000,
      sleep: (milliseconds, signal) => systemClock.sleep(milliseconds, signal),
    });
  }

  async patchStatus(ref: ObjectRef, status: Record<string, unknown>): Promise<KubeObject> {
    return (await this.#transport.json({
      method: 'PATCH',
      path: `${pathOf(ref.type, ref.namespace, ref.name)}/status`,
      contentType: 'application/merge-patch+json',
      body: { status },
      target: { verb: 'patch', what: `${ref.type.resource}/status "${ref.name}"` },
    })) as KubeObject;
  }

  /** A real server takes a pod's node from a Binding, and from nothing else. */
  override async patch(ref: ObjectRef, patchType: PatchType, body: unknown, options?: WriteOptions): Promise<KubeObject> {
    const node = (body as { spec?: { nodeName?: string } }).spec?.nodeName;
    if (ref.type !== types.pods || node === undefined) return super.patch(ref, patchType, body, options);
    await this.#transport.json({
      method: 'POST',
      path: `${pathOf(ref.type, ref.namespace, ref.name)}/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: ref.name }, target: { apiVersion: 'v1', kind: 'Node', name: node } },
      target: { verb: 'create', what: `pods/binding "${ref.name}"` },
    });
    return this.get(ref);
  }

  /** Without a period of grace, and only the object that is meant. */
  async deleteNow(ref: ObjectRef, uid: string): Promise<void> {
    await this.#transport.json({
      method: 'DELETE',
      path: pathOf(ref.type, ref.namespace, ref.name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } },
      target: { verb: 'delete', what: `${ref.type.resource} "${ref.name}"` },
    });
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.#transport.close()]);
  }
}
