import { at, listAt, numberAt, textAt, textsAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { deployerOf } from '../git-ops-marks.ts';
import { scaleTargetOf } from '../in-place/scope.ts';
import type { Rule } from './input.ts';

/** Argo CD and Flux write back what Git says, as soon as they are let. */
export const gitOps: Rule = ({ facts, cluster, incoming }) =>
  facts.gitOps.length === 0
    ? []
    : [
        {
          code: 'GITOPS_MANAGED',
          severity: 'warning',
          cluster,
          message: `${facts.gitOps.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).join(', ')} deploys into this namespace: it is suspended meanwhile${incoming.length > 0 ? ', and writes back what Git says afterwards' : ''}`,
          evidence: facts.gitOps.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
          fix:
            incoming.length > 0
              ? 'change Git as well, or restore only the data: --mode dataOnly'
              : 'nothing to do; it is let again at the end',
        },
      ];

/** Marks of GitOps on objects whose controller is not to be seen from here, for it lives on another cluster. */
export const gitOpsElsewhere: Rule = ({ facts, cluster, namespace, live }) => {
  if (facts.gitOps.length > 0) return [];
  const marked = live.filter((object) => deployerOf(object) !== undefined);
  if (marked.length === 0) return [];
  return [
    {
      code: 'GITOPS_MANAGED',
      severity: 'warning',
      cluster,
      message: `${marked.length === 1 ? '1 object is' : `${marked.length} objects are`} managed by a GitOps controller that cannot be seen from ${cluster}: it may undo the restore while it runs`,
      evidence: marked.slice(0, 20).map(({ kind, metadata }) => `${kind} ${namespace}/${metadata.name}`),
      fix: 'pause its synchronisation by hand first',
    },
  ];
};

/** Autoscalers act on what is scaled; a budget does not stop scaling, but it may stop what follows. */
export const autoscalers: Rule = ({ cluster, namespace, live, stopped }) => {
  const targets = new Set(stopped.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const scalers = live.filter(
    (object) => (object.kind === 'HorizontalPodAutoscaler' || object.kind === 'ScaledObject') && targets.has(scaleTargetOf(object)),
  );
  const found: Reason[] = scalers.map((scaler) => ({
    code: 'AUTOSCALED',
    severity: 'info',
    cluster,
    message:
      scaler.kind === 'ScaledObject'
        ? `KEDA scales ${scaleTargetOf(scaler)}: it is paused meanwhile`
        : `${scaler.metadata.name} scales ${scaleTargetOf(scaler)}: it rests while there are no replicas, and goes on from the present number`,
    evidence: [`${scaler.kind} ${namespace}/${scaler.metadata.name}`],
    fix: 'nothing to do',
  }));
  for (const budget of live.filter(({ kind }) => kind === 'PodDisruptionBudget')) {
    const selected = textsAt(budget, 'spec', 'selector', 'matchLabels');
    if (numberAt(budget, 'status', 'disruptionsAllowed') !== 0 || !stopped.some((workload) => selects(selected, workload))) continue;
    found.push({
      code: 'DISRUPTION_BUDGET',
      severity: 'info',
      cluster,
      message: `the budget ${budget.metadata.name} allows no disruption now: stopping a workload is not held up by it, draining nodes is`,
      evidence: [`PodDisruptionBudget ${namespace}/${budget.metadata.name}`],
      fix: 'nothing to do',
    });
  }
  return found;
};

/** A webhook that has to agree and whose own server is being restored refuses everything. */
export const webhooksInside: Rule = ({ facts, cluster, namespace, incoming, live, stopped }) => {
  const led = live.filter(
    (object) => object.kind === 'Service' && stopped.some((workload) => selects(textsAt(object, 'spec', 'selector'), workload)),
  );
  const services = new Set([...incoming.filter(({ kind }) => kind === 'Service'), ...led].map(({ metadata }) => metadata.name));
  const served = new Set(
    incoming.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet').map(({ metadata }) => metadata.name),
  );
  return (facts.webhooks ?? []).flatMap((configuration) =>
    listAt(configuration, 'webhooks').flatMap((webhook) => {
      const service = textAt(webhook, 'clientConfig', 'service', 'name');
      const inside = at(webhook, 'clientConfig', 'service', 'namespace') === namespace;
      if (!inside || service === undefined || (webhook.failurePolicy ?? 'Fail') !== 'Fail') return [];
      if (!services.has(service) && !served.has(service)) return [];
      return [
        {
          code: 'WEBHOOK_INSIDE' as const,
          severity: 'warning' as const,
          cluster,
          message: `the webhook ${textAt(webhook, 'name') ?? configuration.metadata.name} is served by ${namespace}/${service}, which goes back itself: until it is ready again, the server may refuse what it guards`,
          evidence: [`${configuration.kind} ${configuration.metadata.name}`, `Service ${namespace}/${service}`],
          fix: 'set its failurePolicy to Ignore for the time of the restore',
        },
      ];
    }),
  );
};

/** Does a selector take the pods of a workload? */
function selects(selector: Readonly<Record<string, string>>, workload: KubeObject): boolean {
  const labels = textsAt(workload, 'spec', 'template', 'metadata', 'labels');
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}

/** A cron job that comes back beside one that runs elsewhere would do its work twice. */
export const cronJobsTwice: Rule = ({ cluster, namespace, incoming, live, clone }) => {
  const there = new Set(live.filter(({ kind }) => kind === 'CronJob').map(({ metadata }) => metadata.name));
  const fresh = incoming.filter(
    (object) => object.kind === 'CronJob' && at(object, 'spec', 'suspend') !== true && !there.has(object.metadata.name),
  );
  if (clone || fresh.length === 0) return [];
  return [
    {
      code: 'CRON_JOBS_START',
      severity: 'warning',
      cluster,
      message: `${fresh.map(({ metadata }) => metadata.name).join(', ')} did not exist and runs again by its schedule`,
      evidence: fresh.map(({ metadata }) => `CronJob ${namespace}/${metadata.name}`),
      fix: 'make sure that it does not run elsewhere as well',
    },
  ];
};
