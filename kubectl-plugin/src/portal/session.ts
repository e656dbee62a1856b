import { DrClient } from '@kubectl-dr/backstage-plugin-dr-common/src/client/DrClient.ts';
import { AuthenticationError, DrError, InputError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { timeoutOf } from '../request-timeout.ts';

/** A plan of a large application may take a minute. Milliseconds. */
const patience = 75_000;

/** The API of a portal, for people without credentials of the clusters. */
export interface Session {
  client: DrClient;
  /** Of every request: the user's token, and an end. */
  options(): { signal: AbortSignal; token: string };
}

/**
 * `--portal URL`, the address of the portal's backend, with the token of KUBECTL_DR_TOKEN: a Backstage user token, as the
 * portal's identity gives it. `fetch`: another way there, for tests.
 */
export function portalSession(args: Arguments, context: Context): Session {
  const address = flagText(args, 'portal')!;
  const base = baseOf(address);
  const token = context.env.KUBECTL_DR_TOKEN;
  if (token === undefined || token === '') {
    throw new AuthenticationError(`nobody is signed in at the portal ${base}`, {
      hint: 'sign in there with a browser, copy your token, and set KUBECTL_DR_TOKEN',
    });
  }
  const limit = timeoutOf(flagText(args, 'request-timeout')) ?? patience;
  const send = context.fetch ?? fetch;
  const client = new DrClient({
    discoveryApi: { getBaseUrl: async (plugin) => `${base}/api/${plugin}` },
    fetchApi: {
      fetch: async (url, init) => {
        try {
          return await send(url, init);
        } catch (thrown) {
          throw unanswered(thrown, base, context.signal);
        }
      },
    },
  });
  const options = (): ReturnType<Session['options']> => ({
    token,
    signal: limit === 0 ? context.signal : AbortSignal.any([context.signal, AbortSignal.timeout(limit)]),
  });
  return { client, options };
}

function baseOf(address: string): string {
  try {
    const { protocol, href } = new URL(address);
    if (protocol === 'https:' || protocol === 'http:') return href.replace(/\/+$/, '');
  } catch {
    // Told below.
  }
  throw new InputError(`--portal is not an address: ${address}`, { hint: 'write it as https://portal.example.com' });
}

function unanswered(thrown: unknown, base: string, signal: AbortSignal): unknown {
  if (signal.aborted || thrown instanceof DrError) return thrown;
  const late = thrown instanceof Error && thrown.name === 'TimeoutError';
  const cause =
    thrown instanceof Error && thrown.cause instanceof Error
      ? thrown.cause.message
      : String(thrown instanceof Error ? thrown.message : thrown);
  return new ServiceUnavailableError(
    late ? `the portal ${base} did not answer in time` : `the portal ${base} cannot be reached: ${cause}`,
    {
      code: late ? 'TIMEOUT' : 'CLUSTER_UNREACHABLE',
      cause: thrown,
      hint: late
        ? 'try again, or allow more with --request-timeout'
        : 'check the address; it is that of its backend, such as https://portal.example.com',
    },
  );
}
