import { writeSync } from 'node:fs';

/** What a pipe takes at once, whole, when nobody has read from it yet. */
const short = 4_096;
let opened: NodeJS.WriteStream | undefined;

/**
 * Text on stdout. The first short one is written at once: to open the stream is a tenth of what `version` or a completion costs.
 * A reader that closes the pipe early (`| head`) is not an error: it ends the process.
 */
export function print(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  if (opened === undefined && bytes.length <= short) {
    try {
      written = writeSync(1, bytes);
    } catch (error) {
      endOfPipe(error as NodeJS.ErrnoException);
    }
  }
  if (written < bytes.length) stdout().write(bytes.subarray(written));
}

/** Everything printed has left this process. */
export function flushed(then: () => void): void {
  if (opened === undefined) then();
  else opened.write('', then);
}

function stdout(): NodeJS.WriteStream {
  return (opened ??= process.stdout.on('error', (error) => {
    endOfPipe(error);
    throw error;
  }));
}

/** `EAGAIN`: whoever gave us the pipe will not have us wait in it; the stream can. */
function endOfPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  if (error.code !== 'EAGAIN') throw error;
}
