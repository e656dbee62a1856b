import type { Socket } from 'node:net';

/** The socket once it is connected; its error, or ETIMEDOUT, when it is not in time. `leaving` ends it before. */
export function settled<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  timeout: number,
  leaving?: AbortSignal,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })), timeout);
    const leave = (): void => void socket.destroy(leaving!.reason as Error);
    const done = (): void => {
      clearTimeout(timer);
      leaving?.removeEventListener('abort', leave);
    };
    const failed = (error: Error): void => {
      done();
      reject(error);
    };
    leaving?.addEventListener('abort', leave, { once: true });
    socket.once('error', failed);
    socket.once(event, () => {
      done();
      socket.off('error', failed);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
