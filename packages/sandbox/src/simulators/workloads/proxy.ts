import { at, listAt, numberAt, recordAt, textAt } from '../../api/json.ts';
import type { Call } from '../../api/call.ts';
import { text } from '../../api/respond.ts';
import { ApiError, badRequest, methodNotAllowed, notFound } from '../../api/status.ts';

/**
 * `services/NAME:PORT/proxy/PATH`. No program runs behind a pod, so what a GET shows is only whether anybody would answer:
 * 200 while the service has a ready pod, 503 while it has none.
 */
export function proxy({ cluster, info, target, resource }: Call): Response {
  if (info.method !== 'GET' && info.method !== 'HEAD') throw methodNotAllowed(info.method);
  const [name = '', port = ''] = (target.name ?? '').split(':');
  const { store } = cluster;
  const service = store.get('services', target.namespace, name);
  if (service === undefined) throw notFound(resource, name);
  const ports = listAt(service, 'spec', 'ports');
  const known =
    port === '' ? ports.length === 1 : ports.some((item) => String(numberAt(item, 'port')) === port || textAt(item, 'name') === port);
  if (!known)
    throw badRequest(
      port === '' ? `the service "${name}" has several ports: choose one` : `no service port "${port}" found for service "${name}"`,
    );
  const selector = Object.entries(recordAt(service, 'spec', 'selector'));
  const ready = store
    .list('pods', target.namespace)
    .some(
      (pod) =>
        selector.length > 0 &&
        selector.every(([key, value]) => pod.metadata.labels?.[key] === value) &&
        listAt(pod, 'status', 'conditions').some((condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True'),
    );
  if (!ready) throw new ApiError(503, 'ServiceUnavailable', `no endpoints available for service "${name}"`);
  return text(200, 'ok\n');
}
