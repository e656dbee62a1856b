import { stringify } from 'yaml';
import { notAcceptable } from './status.ts';

/** How the client wants the answer. */
export interface Representation {
  format: 'json' | 'yaml';
  as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Of `as`. */
  version: 'v1' | 'v1beta1';
}

interface Range {
  type: string;
  parameters: Record<string, string>;
}

/** The media ranges of an Accept header, the most wanted first. */
export function acceptRanges(header: string | null): Range[] {
  const ranges = (header ?? '').split(',').flatMap((part) => {
    const [type, ...rest] = part.split(';').map((piece) => piece.trim());
    if (type === undefined || type === '') return [];
    return [
      {
        type: type.toLowerCase(),
        parameters: Object.fromEntries(rest.map((piece) => piece.split('=', 2).map((text) => text.trim()))) as Record<string, string>,
      },
    ];
  });
  const quality = ({ parameters }: Range): number => (parameters.q === undefined ? 1 : Number(parameters.q));
  return ranges.filter((range) => quality(range) > 0).sort((left, right) => quality(right) - quality(left));
}

export function negotiate(request: Request): Representation {
  const ranges = acceptRanges(request.headers.get('accept'));
  if (ranges.length === 0) return { format: 'json', version: 'v1' };
  for (const { type, parameters } of ranges) {
    const format = type === 'application/yaml' ? 'yaml' : ['application/json', 'application/*', '*/*'].includes(type) ? 'json' : undefined;
    if (format === undefined) continue;
    const { as, v, g } = parameters;
    if (as === undefined) return { format, version: 'v1' };
    if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) continue;
    if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { format, as, version: v };
  }
  throw notAcceptable(['application/json', 'application/yaml', 'application/json;stream=watch']);
}

const headers = { 'cache-control': 'no-cache, private' };

export function json(status: number, value: unknown, extra: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify(value)}\n`, { status, headers: { 'content-type': 'application/json', ...headers, ...extra } });
}

export function represented(status: number, value: unknown, { format }: Representation): Response {
  if (format === 'json') return json(status, value);
  return new Response(stringify(value), { status, headers: { 'content-type': 'application/yaml', ...headers } });
}

export function text(status: number, value: string): Response {
  return new Response(value, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
}
