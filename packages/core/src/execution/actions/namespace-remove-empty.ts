import { labels } from '../../application/model.ts';
import { DrError } from '../../errors.ts';
import { readLive } from '../../planning/live-objects.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, absent, failed, labelText, until } from './context.ts';
import { hintOf, preconditions, textOfCondition } from './namespace-remove.ts';

/** In a namespace without anybody having put it there, `kind/name`: given to each, or made of Services and gone with them, or told of what was. */
const given: readonly RegExp[] = [
  /^ConfigMap\/(kube-root-ca\.crt|openshift-service-ca\.crt)$/,
  /^ServiceAccount\/default$/,
  /^(Endpoints|EndpointSlice)\//,
  /^Event\//,
  // Reckoned by their server in every namespace, and stored nowhere.
  /^(PodMetrics|PackageManifest)\//,
];

/**
 * Deletes the namespace that this operation made when nothing is in it any more: what goes already, and what goes a little later than
 * its owner, is waited for. Anything else keeps it, and so do kinds that nobody may list, and a missing right to delete it.
 */
export async function removeEmptyNamespace(action: Action<'namespace.remove.empty'>, context: ActionContext): Promise<string> {
  const { cluster, clock, signal } = context;
  const { namespace, timeoutSeconds } = action;
  const ref = { type: types.namespaces, name: namespace };
  const live = await cluster.get(ref, { signal }).catch(absent);
  if (!live) return `${namespace} is gone`;
  const isOurs = live.metadata.labels?.[labels.operation] === labelText(context.operationId);
  if (live.metadata.deletionTimestamp === undefined) {
    if (!isOurs) return `${namespace} was not made by this operation: it is left as it is`;
    const deadline = clock.now().getTime() + timeoutSeconds * 1000;
    const held = await until(context, 'endless', async (tell) => {
      const { stays, goes } = await whatIsIn(namespace, context);
      if (stays !== undefined) return stays;
      if (goes === undefined) return '';
      if (clock.now().getTime() >= deadline) return goes;
      tell(`waiting for ${goes} to go`);
      return undefined;
    });
    if (held !== '') return `${namespace} is left: ${held} is in it`;
    const deleted = await cluster.delete(ref, { ...preconditions(live), signal }).then(() => true, absentOrForbidden);
    if (deleted === 'forbidden') return `${namespace} is left, empty: the right to delete it is missing on ${cluster.name}`;
  }
  let why: string | undefined;
  const late = () =>
    failed(
      context,
      `the namespace ${namespace} on ${cluster.name} is still there after ${timeoutSeconds} s${why === undefined ? '' : `: ${why}`}`,
      hintOf(context, namespace),
    );
  await until(context, { timeoutSeconds, late }, async (tell) => {
    const now = await cluster.get(ref, { signal }).catch(absent);
    if (!now || now.metadata.uid !== live.metadata.uid) return true;
    why = textOfCondition(now);
    tell(`waiting for ${namespace} to go`);
    return undefined;
  });
  return `${namespace} was empty, and is gone`;
}

/** One of what somebody put there and nothing takes away, and one of what goes. Of kinds that may not be listed nothing is known: they stay. */
async function whatIsIn(namespace: string, { cluster, signal }: ActionContext): Promise<{ stays?: string; goes?: string }> {
  const served = await cluster.discover({ signal });
  const kinds = served.filter((type) => type.namespaced);
  const { objects, failures } = await readLive(cluster, namespace, kinds, signal);
  const put = objects.filter(({ kind, metadata }) => !given.some((name) => name.test(`${kind}/${metadata.name}`)));
  const hidden = [...failures].find(([, { code }]) => code === 'FORBIDDEN')?.[0];
  const [stays, goes] = [put.find((object) => !isGoing(object)), put.find(isGoing)];
  if (stays) return { stays: inWords(stays) };
  if (hidden !== undefined) return { stays: `perhaps one of ${hidden}, which may not be listed,` };
  return goes ? { goes: inWords(goes) } : {};
}

/** With its owner, which would be seen if it stayed. */
function isGoing({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined || (metadata.ownerReferences ?? []).length > 0;
}

function inWords({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}

function absentOrForbidden(error: unknown): 'forbidden' | undefined {
  if (error instanceof DrError && error.code === 'FORBIDDEN') return 'forbidden';
  return absent(error);
}
