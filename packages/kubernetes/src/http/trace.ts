import type { IncomingHttpHeaders } from 'node:http';

/** One request and how it ended. Bodies and headers as they travelled: `traceText` masks. */
export interface Traced {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[]>>;
  body?: string;
  milliseconds: number;
  /** Absent: there was no answer, for this reason. */
  status?: number;
  failure?: string;
  answeredHeaders?: IncomingHttpHeaders;
  /** Absent for a stream. */
  answered?: string;
}

const masked = '<masked>';
/** Of a body at level 8; level 9 shows it whole. Characters. */
const shown = 1024;

/**
 * What kubectl shows of a request: from 6 on its line, from 7 on its headers, from 8 on the answer's and both bodies, cut; 9 whole,
 * and as a command for curl. Credentials, and values of Secrets, are never shown.
 */
export function traceText(level: number, traced: Traced): string {
  const { method, url, milliseconds, status, failure } = traced;
  const headers = Object.entries(traced.headers).flatMap(([name, value]) => [value].flat().map((text) => [name, maskHeader(name, text)]));
  const lines: string[] = [];
  if (level >= 8 && traced.body !== undefined) lines.push(`Request Body: ${cut(maskBody(traced.body), level)}`);
  if (level >= 9) {
    const words = headers.map(([name, text]) => `-H ${quoted(`${name}: ${text}`)}`);
    lines.push(['curl', '-v', '-X', method, ...words, quoted(url)].join(' '));
  }
  lines.push(`${method} ${url} ${status ?? failure ?? ''} in ${Math.round(milliseconds)} milliseconds`);
  if (level >= 7) lines.push('Request Headers:', ...headers.map(([name, text]) => `    ${name}: ${text}`));
  if (level >= 8 && traced.answeredHeaders) {
    const answered = Object.entries(traced.answeredHeaders).filter(([name]) => !name.startsWith(':'));
    lines.push('Response Headers:', ...answered.map(([name, value]) => `    ${name}: ${maskHeader(name, String(value))}`));
  }
  if (level >= 8 && traced.answered !== undefined) lines.push(`Response Body: ${cut(maskBody(traced.answered), level)}`);
  return `${lines.join('\n')}\n`;
}

function maskHeader(name: string, text: string): string {
  if (/^(proxy-)?authorization$/i.test(name)) return text.replace(/^(\S+) .*/, `$1 ${masked}`);
  return /cookie|token/i.test(name) ? masked : text;
}

/** Fields that hold a secret in any object: tokens, passwords, keys, and links that are signed. */
const secretField = /^(token|password|passphrase|client-?key-?data|private-?key|secret-?access-?key|downloadURL)$/i;

/** JSON with its secrets masked; what is no JSON is shown as it is. */
function maskBody(text: string): string {
  try {
    return JSON.stringify(mask(JSON.parse(text), false));
  } catch {
    return text;
  }
}

function mask(value: unknown, ofSecret: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => mask(item, ofSecret));
  if (typeof value !== 'object' || value === null) return value;
  const { kind } = value as { kind?: unknown };
  const secret = ofSecret || kind === 'Secret' || kind === 'SecretList';
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (secret && (name === 'data' || name === 'stringData')) return [name, maskValues(field)];
      // The whole object once more, as somebody applied it.
      if (secret && name === 'annotations') return [name, maskValues(field)];
      if (secretField.test(name) && typeof field === 'string') return [name, masked];
      return [name, mask(field, secret)];
    }),
  );
}

function maskValues(field: unknown): unknown {
  if (typeof field !== 'object' || field === null) return field;
  return Object.fromEntries(Object.keys(field).map((name) => [name, masked]));
}

function cut(text: string, level: number): string {
  return level >= 9 || text.length <= shown ? text : `${text.slice(0, shown)} [truncated ${text.length - shown} chars]`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
