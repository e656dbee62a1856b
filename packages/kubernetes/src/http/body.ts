import type { Readable } from 'node:stream';

/**
 * What arrives, until the end. Throws what Node says when the connection ends before.
 *
 * A stream of HTTP/2 that ends while its last chunk is being read is closed at once, and Node's iterator then takes it for one
 * that was cut off (ERR_STREAM_PREMATURE_CLOSE). The stream itself knows whether its end was seen.
 */
async function* chunksOf(body: Readable): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    if (!body.readableEnded) throw error;
  }
}

export async function textOf(body: Readable): Promise<string> {
  return (await bytesOf(body)).toString('utf8');
}

export async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(body)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
