import { labels } from '../../application/model.ts';
import { ConflictError, DrError } from '../../errors.ts';
import { types } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, ours } from './context.ts';

export async function createNamespace(action: Action<'namespace.create'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const metadata = { name: action.namespace, labels: { ...action.labels, ...ours(context) }, annotations: action.annotations };
  try {
    await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata }, { signal });
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
    const existing = await cluster.get({ type: types.namespaces, name: action.namespace }, { signal });
    if (existing.metadata.labels?.[labels.operation] !== metadata.labels[labels.operation]) {
      throw new ConflictError(`the namespace ${action.namespace} appeared on ${cluster.name} since the plan was made`, {
        code: 'ALREADY_EXISTS',
        cluster: cluster.name,
        hint: 'choose another with --as',
      });
    }
  }
  return `created ${action.namespace}`;
}
