import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface ServiceOptions {
  /** Of its log and, where it has one, its pid file. */
  folder: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Whether it answers; asked until it does. */
  ready(): Promise<boolean>;
  /** Milliseconds until it must be ready. Default 60 s. */
  patience?: number;
  /** Start it again when it dies by itself, having been ready once. */
  restart?: boolean;
}

export interface Service {
  /** File that holds the number of the present process. */
  pidFile: string;
  /** The end of its log, for the sentence about what went wrong. */
  lastWords(): string;
  stop(): Promise<void>;
}

/**
 * The program ends when we end, however that happens: a small shell beside it reads from a pipe whose other end only we
 * hold, and ends the program when the pipe closes.
 */
const leash = '"$@" 3<&- & pid=$!; echo "$pid" > "$PID_FILE"; (cat <&3 >/dev/null; kill -TERM "$pid" 2>/dev/null) & wait "$pid"';

/** Starts a long-running program and resolves when it is ready; fails with the end of its log when it does not become so. */
export async function startService(name: string, options: ServiceOptions): Promise<Service> {
  const { folder, command, args, env = {}, patience = 60_000 } = options;
  const log = path.join(folder, `${name}.log`);
  const pidFile = path.join(folder, `${name}.pid`);
  let child: ChildProcess;
  let stopping = false;
  let wasReady = false;
  let ended: string | undefined;
  const start = (): void => {
    const output = openSync(log, 'a');
    ended = undefined;
    child = spawn('sh', ['-c', leash, 'sh', command, ...args], {
      stdio: ['ignore', output, output, 'pipe'],
      env: { ...process.env, ...env, PID_FILE: pidFile },
    });
    closeSync(output);
    child.once('error', (error) => (ended = error.message));
    child.once('exit', (code, signal) => {
      ended = `ended with ${signal ?? `exit code ${code}`}`;
      child.stdio[3]?.destroy();
      if (options.restart && wasReady && !stopping) start();
    });
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    if (ended !== undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdio[3]?.destroy();
    const late = setTimeout(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  };
  const lastWords = (): string => readFileSync(log, 'utf8').trim().split('\n').slice(-15).join('\n');
  start();
  const end = Date.now() + patience;
  while (!(await options.ready().catch(() => false))) {
    if (ended !== undefined || Date.now() > end) {
      await stop();
      throw new Error(`${name} ${ended ?? `was not ready after ${patience / 1000} s`}. The end of its log:\n${lastWords()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  wasReady = true;
  return { pidFile, lastWords, stop };
}

/** A port of the loopback interface that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
