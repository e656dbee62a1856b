import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export type Answer = (request: Request) => Promise<Response>;

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/** Serves HTTP by a function of the web's Request and Response. Where it fails, the connection breaks. */
export function listener(answer: Answer): (incoming: Incoming, outgoing: Outgoing) => void {
  return (incoming, outgoing) => {
    respond(answer, incoming, outgoing).catch(() => outgoing.destroy());
  };
}

async function respond(answer: Answer, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  outgoing.sendDate = false;
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort(new Error('the client went away')));
  const response = await answer(requestOf(incoming, await buffer(incoming), gone.signal));
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  outgoing.statusCode = response.status;
  // A watch may have nothing to say for long: its client waits for the headers. Only the types say that HTTP/2 cannot.
  (outgoing as ServerResponse).flushHeaders();
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
}

export function requestOf(incoming: Incoming, content: Buffer<ArrayBuffer>, signal: AbortSignal): Request {
  const { method = 'GET', url = '/', rawHeaders, headers: known } = incoming;
  const named = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1]!] as [string, string]] : []));
  // HTTP/2 carries the request line among the headers.
  const headers = named.filter(([name]) => !name.startsWith(':'));
  const body = content.length === 0 || method === 'GET' || method === 'HEAD' ? null : content;
  return new Request(new URL(url, `https://${known.host ?? String(known[':authority'] ?? 'localhost')}`), {
    method,
    headers,
    body,
    signal,
  });
}

/** The request as the API behind a path of its own sees it. */
export function below(request: Request, prefix: string): Request {
  const url = new URL(request.url);
  const path = url.pathname.slice(prefix.length).replace(/^\/*/, '/');
  return new Request(new URL(path + url.search, url), request);
}
