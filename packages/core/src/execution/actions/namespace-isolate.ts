import { DrError } from '../../errors.ts';
import { types } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, ours } from './context.ts';

/** Inside the namespace everything may talk; outside only to DNS, for names must resolve for anything to start. */
export async function isolate(action: Action<'namespace.isolate'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: action.policyName, namespace: action.namespace, labels: ours(context) },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  };
  await cluster.create(types.networkPolicies, policy, { signal }).catch((error: unknown) => {
    if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
  });
  return 'isolated';
}
