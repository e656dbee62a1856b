import type { Readable } from 'node:stream';

export async function textOf(body: Readable): Promise<string> {
  return (await bytesOf(body)).toString('utf8');
}

/**
 * What arrives, until the end. Throws what Node says when the connection ends before. By events: an iterator costs as much as
 * everything else about a short answer, and takes a stream of HTTP/2 that is closed while its last chunk is read for one cut off.
 */
export function bytesOf(body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const cutOff = (): void => reject(Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' }));
    body
      .on('data', (chunk: Uint8Array) => void chunks.push(chunk))
      .once('end', () => resolve(Buffer.concat(chunks)))
      .once('error', reject)
      .once('close', cutOff);
    if (body.destroyed && !body.readableEnded) cutOff();
  });
}
