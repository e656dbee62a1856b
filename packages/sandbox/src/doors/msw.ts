import { Disconnected } from '../api/faults.ts';
import type { Api } from '../api/server.ts';

/** The part of msw's `http` that is needed, so that msw itself stays a development dependency of whoever tests. */
export interface MswHttp<Handler> {
  all(path: string, resolver: (info: { request: Request }) => Promise<Response>): Handler;
}

/** Handlers that answer everything below `baseUrl` from the API: `setupServer(...mswHandlers(api, url, http))`. */
export function mswHandlers<Handler>(api: Pick<Api, 'fetch'>, baseUrl: string, http: MswHttp<Handler>): Handler[] {
  const base = baseUrl.replace(/\/+$/, '');
  return [
    http.all(`${base}/*`, async ({ request }) => {
      const rest = request.url.slice(base.length);
      try {
        return await api.fetch(new Request(new URL(rest, new URL(base).origin), request));
      } catch (thrown) {
        if (thrown instanceof Disconnected) return Response.error();
        throw thrown;
      }
    }),
  ];
}
