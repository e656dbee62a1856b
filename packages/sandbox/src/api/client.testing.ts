import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { createApi } from './server.ts';
import type { Api, ApiOptions } from './server.ts';

/** A clock that stands still until it is moved. */
export class StillClock implements Clock {
  time = new Date('2026-03-01T12:00:00Z');
  now(): Date {
    return new Date(this.time);
  }
  advance(milliseconds: number): void {
    this.time = new Date(this.time.getTime() + milliseconds);
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  body: KubeObject & { items: KubeObject[]; message: string; reason: string; code: number; details: Record<string, unknown> };
}

/** The API with a short way to ask it: `ask('POST', '/api/v1/namespaces', {...})`. */
export class TestApi {
  readonly clock = new StillClock();
  readonly api: Api;

  constructor(options: Partial<ApiOptions> = {}) {
    this.api = createApi({ name: 'test', clock: this.clock, ...options });
  }

  async raw(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return this.api.fetch(
      new Request(`https://test.invalid${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
        ...content,
      }),
    );
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.raw(method, path, body, headers);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  }

  async namespace(name: string): Promise<void> {
    await this.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}

export function deployment(name: string, spec: object = {}) {
  const labels = { a: 'b' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { selector: { matchLabels: labels }, template, ...spec } };
}

export function configMap(
  name: string,
  extra: Record<string, unknown> = {},
  metadata: Record<string, unknown> = {},
): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...extra };
}

/** The events of a watch, one by one, as they come. */
export async function* eventsOf(response: Response): AsyncGenerator<{ type: string; object: KubeObject }> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      yield JSON.parse(rest.slice(0, end)) as { type: string; object: KubeObject };
      rest = rest.slice(end + 1);
    }
  }
}

/** The next `count` events; ends the watch afterwards. */
export async function take(response: Response, count: number): Promise<{ type: string; object: KubeObject }[]> {
  const events: { type: string; object: KubeObject }[] = [];
  for await (const event of eventsOf(response)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}
