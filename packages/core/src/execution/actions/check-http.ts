import { DrError } from '../../errors.ts';
import { assertDeclared } from './check-declared.ts';
import { type Action, type ActionContext, failed, until } from './context.ts';

/** Asks through the API server until it answers well: a service that has just become ready may need a moment. */
export async function checkHttp(action: Action<'check.http'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { namespace, service, port, path, timeoutSeconds } = action;
  await assertDeclared(action, context);
  let last = '';
  const what = `the check ${path} of Service ${namespace}/${service}`;
  const late = () => failed(context, `${what} on ${cluster.name} did not succeed within ${timeoutSeconds} s: ${last}`);
  const target = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${path}`;
  return until(context, { timeoutSeconds, late }, async (tell) => {
    try {
      await cluster.raw(target, { signal });
      return `${path} answers`;
    } catch (error) {
      if (signal.aborted || !(error instanceof DrError)) throw error;
      if (error.code === 'FORBIDDEN' || error.code === 'UNAUTHENTICATED') throw error;
      last = error.message;
      tell(`${path} does not answer yet`);
      return undefined;
    }
  });
}
