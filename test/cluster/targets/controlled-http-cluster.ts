import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { credentialsOf } from '@kubectl-dr/kubernetes/auth/credentials';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { pathOf } from '@kubectl-dr/kubernetes/http/paths';
import { Transport } from '@kubectl-dr/kubernetes/http/transport';
import type { ClusterConfig } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { bindingOf } from '@kubectl-dr/sandbox/simulators/api-cluster';
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

  async bind(ref: ObjectRef, node: string): Promise<void> {
    await this.#transport.json({
      method: 'POST',
      path: `${pathOf(ref.type, ref.namespace, ref.name)}/binding`,
      body: bindingOf(ref, node),
      target: { verb: 'create', what: `pods/binding "${ref.name}"` },
    });
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
