import { credentialsOf } from '@kubectl-dr/kubernetes/auth/credentials';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { Agent, request } from 'undici';

export interface RawAnswer {
  status: number;
  type: string;
  body: unknown;
}

export interface RawClient {
  /** Of a stream (`watch`): the events until `count` of them came or the server ended it. */
  get(path: string, options?: { accept?: string; count?: number }): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** A client with no opinion: paths and headers go as they are, answers come as they are. */
export async function rawClient(kubeconfig: string): Promise<RawClient> {
  const config = resolveContext(await loadKubeConfig({ file: kubeconfig, env: {} }));
  const credentials = credentialsOf(config, () => Date.now());
  const dispatcher = new Agent({ connect: await credentials.tls(), bodyTimeout: 0 });
  return {
    async get(path, { accept = 'application/json', count } = {}) {
      const authorization = await credentials.authorization();
      const { statusCode, headers, body } = await request(`${config.cluster.server}${path}`, {
        dispatcher,
        headers: { accept, ...(authorization && { authorization }) },
      });
      const answer = { status: statusCode, type: String(headers['content-type']) };
      if (count === undefined || statusCode >= 300) return { ...answer, body: parse(await body.text()) };
      const events: unknown[] = [];
      let rest = '';
      for await (const chunk of body) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop()!;
        events.push(...lines.filter(Boolean).map(parse));
        if (events.length >= count) break;
      }
      return { ...answer, body: events.slice(0, count) };
    },
    close: () => dispatcher.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
