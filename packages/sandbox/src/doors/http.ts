import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export type Answer = (request: Request) => Promise<Response>;

/** Serves HTTP by a function of the web's Request and Response. Where it fails, the connection breaks. */
export function listener(answer: Answer): RequestListener {
  return (incoming, outgoing) => {
    respond(answer, incoming, outgoing).catch(() => outgoing.destroy());
  };
}

async function respond(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.sendDate = false;
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort(new Error('the client went away')));
  const response = await answer(requestOf(incoming, await buffer(incoming), gone.signal));
  outgoing.writeHead(response.status, [...response.headers].flat());
  // A watch may have nothing to say for long: its client waits for the headers.
  outgoing.flushHeaders();
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
}

export function requestOf(incoming: IncomingMessage, content: Buffer<ArrayBuffer>, signal: AbortSignal): Request {
  const { method = 'GET', url = '/', headersDistinct } = incoming;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value]));
  const body = content.length === 0 || method === 'GET' || method === 'HEAD' ? null : content;
  return new Request(new URL(url, `https://${incoming.headers.host ?? 'localhost'}`), { method, headers, body, signal });
}

/** The request as the API behind a path of its own sees it. */
export function below(request: Request, prefix: string): Request {
  const url = new URL(request.url);
  const path = url.pathname.slice(prefix.length).replace(/^\/*/, '/');
  return new Request(new URL(path + url.search, url), request);
}
