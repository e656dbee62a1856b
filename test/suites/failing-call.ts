import type { Door } from './ground.ts';

/** What may become of one request. `lost`: it was carried out, and nobody heard of it. */
export interface CallFault {
  name: '409' | '429' | '500' | 'timeout' | 'reset';
  /** Only what is written can be in conflict. */
  writesOnly?: boolean;
  answer?(): Response;
  lost?(): Error;
}

const failure = (status: number, reason: string, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status }, { status, headers });
const broken = (code: string, message: string): Error => Object.assign(new Error(message), { code });

export const callFaults: readonly CallFault[] = [
  { name: '409', writesOnly: true, answer: () => failure(409, 'Conflict', 'the object has been modified; please apply your changes') },
  { name: '429', answer: () => failure(429, 'TooManyRequests', 'too many requests', { 'retry-after': '1' }) },
  { name: '500', answer: () => failure(500, 'InternalError', 'etcdserver: leader changed') },
  { name: 'timeout', lost: () => broken('ETIMEDOUT', 'no answer in time') },
  { name: 'reset', lost: () => broken('ECONNRESET', 'connection reset by peer') },
];

/** Questions, and what a process writes about itself: neither changes what the operation is about. */
const aside =
  /\/(downloadrequests|serverstatusrequests|selfsubjectaccessreviews|selfsubjectreviews|leases)(\/|$)|\/namespaces\/kubectl-dr\//;

export interface Watched {
  door: Door;
  /** From now on requests are counted, and one of them suffers. */
  arm(): void;
  readonly calls: number;
  readonly writes: number;
  readonly failed: string | undefined;
  /** What was changed by it, how often: `POST /api/...`. A write that changes nothing is none. */
  readonly effects: Record<string, number>;
}

/** Counts requests and effects; the `nth` request (of those that the fault can befall) meets its fault. */
export function watched(nth?: number, fault?: CallFault): Watched {
  let armed = false;
  let failed: string | undefined;
  let suffering = 0;
  const seen = { calls: 0, writes: 0 };
  const effects: Record<string, number> = {};
  const told = (effect: string): void => {
    // Volumes and snapshots have names of their own in each world, and safety backups the mark of what they found there.
    const about = effect
      .replace(/\/pvc-[-0-9a-f]{36}$/, '/pvc')
      .replace(/(\/velero-(?:data-orders-db-0-)?)[-0-9a-z]{5,36}$/, '$1NAME')
      .replace(/(\/before-restore-[-a-z0-9]+)-[0-9a-f]{6}$/, '$1-MARK');
    effects[about] = (effects[about] ?? 0) + 1;
  };
  return {
    arm: () => void (armed = true),
    get calls() {
      return seen.calls;
    },
    get writes() {
      return seen.writes;
    },
    get failed() {
      return failed;
    },
    effects,
    async door(request, answer) {
      if (!armed) return answer(request);
      const writes = request.method !== 'GET';
      seen.calls += 1;
      if (writes) seen.writes += 1;
      const befalls = fault !== undefined && (writes || !fault.writesOnly) && suffering++ === nth;
      if (befalls) failed = `${request.method} ${pathOf(request)}`;
      if (befalls && fault.answer) return fault.answer();
      const response = await noted(request, answer, told);
      if (!befalls) return response;
      await response.body?.cancel();
      throw fault.lost!();
    },
  };
}

function pathOf({ url }: Request): string {
  return new URL(url).pathname;
}

async function noted(request: Request, answer: (request: Request) => Promise<Response>, told: (effect: string) => void): Promise<Response> {
  const { method } = request;
  const path = pathOf(request);
  if (method === 'GET' || aside.test(path)) return answer(request);
  const before = method === 'POST' ? undefined : await versionAt(request, answer);
  const response = await answer(request);
  if (!response.ok) return response;
  const { metadata } = (await response.clone().json()) as { metadata?: { name?: string; resourceVersion?: string } };
  if (method === 'POST') told(`POST ${path}/${metadata?.name}`);
  else if (method === 'DELETE' || metadata?.resourceVersion !== before) told(`${method} ${path}`);
  return response;
}

async function versionAt({ url, headers }: Request, answer: (request: Request) => Promise<Response>): Promise<string | undefined> {
  const authorization = headers.get('authorization') ?? '';
  const response = await answer(new Request(new URL(new URL(url).pathname, url), { headers: { authorization } }));
  const { metadata } = (await response.json()) as { metadata?: { resourceVersion?: string } };
  return metadata?.resourceVersion;
}
