import { sha256 } from '../../planning/hash.ts';

export interface Signer {
  /** With its scheme. */
  address: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** A link to one object of a store (`bucket/key`), for whoever has it: AWS Signature Version 4 in the query, unsigned payload. */
export async function signedLink(signer: Signer, file: string, now: Date, seconds = 900): Promise<string> {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${stamp.slice(0, 8)}/${signer.region}/s3/aws4_request`;
  const base = new URL(signer.address);
  const path = `${base.pathname.replace(/\/$/, '')}/${file.split('/').map(escaped).join('/')}`;
  const query = Object.entries({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${signer.accessKeyId}/${scope}`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
  })
    .map(([name, value]) => `${name}=${escaped(value)}`)
    .join('&');
  const request = ['GET', path, query, `host:${base.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const text = ['AWS4-HMAC-SHA256', stamp, scope, await sha256(request)].join('\n');
  let secret: Uint8Array = new TextEncoder().encode(`AWS4${signer.secretAccessKey}`);
  for (const part of scope.split('/')) secret = await hmac(secret, part);
  const signature = [...(await hmac(secret, text))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${base.origin}${path}?${query}&X-Amz-Signature=${signature}`;
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function hmac(key: Uint8Array, text: string): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key as BufferSource, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)));
}
