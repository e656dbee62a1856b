import { applicationKind, fillPath, idempotencyHeader, paths } from '@kubectl-dr/backstage-plugin-dr-common';
import { delay, http, HttpResponse, type RequestHandler } from 'msw';
import type { ResolvedStatus } from '@kubectl-dr/backstage-plugin-dr-common';
import { coverageOf, ownersOf, pageOf } from './fleet.ts';
import { type Answer, broken, type Portal, Refusal, silence } from '../fixtures/portal.ts';

export const baseUrl = 'http://portal.example';

/** What the backend was asked, in order. */
export interface Asked {
  method: string;
  path: string;
  search: string;
  body?: unknown;
  key?: string | null;
}

async function answer<T>(value: Answer<T>, body: (value: T) => object, status = 200): Promise<Response> {
  if (value === silence) await delay('infinite');
  if (value === broken) return HttpResponse.error();
  if (value instanceof Refusal) return HttpResponse.json({ error: value.error }, { status: value.status });
  return HttpResponse.json(body(value as T) as never, { status });
}

type Shape<T> = (value: T, query: URLSearchParams) => object;

const list = (kind: string) => (items: unknown[]) => ({ apiVersion: 'kubectl-dr.dev/v1alpha1', kind: `${kind}List`, items });
const same = <T extends object>(value: T) => value;

const steering = [
  paths.cancelOperation,
  paths.resumeOperation,
  paths.undoOperation,
  paths.confirmOperation,
  paths.approveOperation,
  paths.rejectOperation,
];

/** The routes of the backend, answering from a `Portal`. `asked` collects the requests. */
export function handlers(portal: Portal, asked: Asked[] = []): RequestHandler[] {
  const url = (path: string) => `${baseUrl}/api/dr${path}`;
  const note = async (request: Request): Promise<unknown> => {
    const { pathname, search } = new URL(request.url);
    const text = await request.clone().text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    asked.push({ method: request.method, path: pathname, search, body, key: request.headers.get(idempotencyHeader) });
    return body;
  };
  const get = <T>(path: string, value: Answer<T>, shape: Shape<T>) =>
    http.get(url(path), async ({ request }) => {
      await note(request);
      return answer(value, (given) => shape(given, new URL(request.url).searchParams));
    });
  const ofFleet = (name: string): ResolvedStatus | undefined => {
    const found = Array.isArray(portal.applications) ? portal.applications.find(({ metadata }) => metadata.name === name) : undefined;
    return found && { kind: 'ready', application: found };
  };
  const statusOf = (statuses: Record<string, ResolvedStatus>, ref: string): ResolvedStatus =>
    statuses[ref] ?? ofFleet(ref.replace(`${applicationKind}:default/`, '')) ?? { kind: 'unknown' };
  const operationOf = (id: string): Answer<unknown> => {
    if (portal.operation) return portal.operation(id);
    const { operations } = portal;
    const found = Array.isArray(operations) ? operations.find((operation) => operation.metadata.name === id) : undefined;
    return found ?? new Refusal(404, { name: 'NotFoundError', message: `there is no operation ${id}` });
  };

  return [
    http.post(url(paths.applicationsByRefs), async ({ request }) => {
      const { entityRefs } = (await note(request)) as { entityRefs: string[] };
      return answer(portal.statuses ?? {}, (statuses) => {
        const found = entityRefs.map((entityRef) => ({ entityRef, status: statusOf(statuses, entityRef) }));
        const applications = new Map(
          found.flatMap(({ status }) => (status.kind === 'ready' ? [[status.application.metadata.name, status.application] as const] : [])),
        );
        return {
          items: found.map(({ entityRef, status }) =>
            status.kind === 'ready' ? { ...status, entityRef, application: status.application.metadata.name } : { ...status, entityRef },
          ),
          applications: [...applications.values()],
        };
      });
    }),
    get(paths.applications, portal.applications ?? [], pageOf),
    get(paths.owners, portal.applications ?? [], ownersOf),
    get(paths.coverage, portal.applications ?? [], coverageOf),
    get(paths.points, portal.points ?? [], list('RecoveryPoint')),
    http.post(url(paths.plans), async ({ request }) => {
      const body = await note(request);
      const { plan } = portal;
      const missing = new Refusal(500, { name: 'Error', message: 'no plan in this portal' });
      return answer(typeof plan === 'function' ? plan(body) : (plan ?? missing), same);
    }),
    http.post(url(paths.operations), async ({ request }) => {
      const body = await note(request);
      const { start } = portal;
      const missing = new Refusal(500, { name: 'Error', message: 'no start in this portal' });
      return answer(typeof start === 'function' ? start(body, request.headers.get(idempotencyHeader)) : (start ?? missing), same, 202);
    }),
    get(paths.operations, portal.operations ?? [], list('Operation')),
    http.get(url(paths.operation), async ({ request, params }) => {
      await note(request);
      return answer(operationOf(String(params.id)), (value) => value as object);
    }),
    ...steering.map((path) =>
      http.post(url(path), async ({ request, params }) => {
        await note(request);
        return answer(operationOf(String(params.id)), (value) => value as object, 202);
      }),
    ),
    get(paths.clusters, portal.clusters ?? [], list('Cluster')),
    get(paths.policy, portal.policy ?? new Refusal(404, { name: 'NotFoundError', message: 'There is no policy "gold"' }), same),
    get(paths.locations, portal.locations ?? [], list('StorageLocation')),
  ];
}

/** The path as the router sees it. */
export const applicationPath = (template: string, name: string): string =>
  `/api/dr${fillPath(template, { kind: 'system', namespace: 'default', name })}`;
