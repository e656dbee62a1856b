import { Disconnected } from '../simulators/faults/faults.ts';
import type { Api } from '../api/server.ts';
import { below } from './http.ts';

/** The part of msw's `http` that is needed, so that msw itself stays a development dependency of whoever tests. */
export interface MswHttp<Handler> {
  all(path: string, resolver: (info: { request: Request }) => Promise<Response>): Handler;
}

/** A handler that answers everything below `baseUrl` from the API: `setupServer(mswHandler(api, url, http))`. */
export function mswHandler<Handler>(api: Pick<Api, 'fetch'>, baseUrl: string, http: MswHttp<Handler>): Handler {
  const { href, pathname } = new URL(baseUrl);
  return http.all(`${href.replace(/\/+$/, '')}/*`, async ({ request }) => {
    try {
      return await api.fetch(below(request, pathname));
    } catch (thrown) {
      if (thrown instanceof Disconnected) return Response.error();
      throw thrown;
    }
  });
}
