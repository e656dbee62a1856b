import os from 'node:os';
import { InterruptedError } from './interrupted.ts';
import type { Host } from './context.ts';

/** The process we run in, as arguments for everything below. */
export function systemHost(): Host {
  const env = process.env;
  const controller = new AbortController();
  let interrupts = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      interrupts += 1;
      // Somebody who presses twice does not want to wait for manners.
      if (interrupts > 1) process.exit(130);
      controller.abort(new InterruptedError());
      setTimeout(() => process.exit(130), 900).unref();
    });
  }
  const mode = colorMode(process.argv);
  const color = (stream: NodeJS.WriteStream) =>
    mode === 'always' ||
    (mode === 'auto' && stream.isTTY && !env.NO_COLOR && env.TERM !== 'dumb') ||
    (mode === 'auto' && Boolean(env.FORCE_COLOR) && !env.NO_COLOR);
  return {
    env,
    cwd: process.cwd(),
    who: `${os.userInfo().username}@${os.hostname()}/${process.pid}`,
    signal: controller.signal,
    output: {
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
      columns: { out: process.stdout.columns, err: process.stderr.columns },
      rows: process.stderr.rows,
      color: { out: color(process.stdout), err: color(process.stderr) },
      live: Boolean(process.stderr.isTTY && env.TERM !== 'dumb'),
      unicode: /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
    },
  };
}

function colorMode(argv: readonly string[]): string {
  for (const [index, arg] of argv.entries()) {
    if (arg.startsWith('--color=')) return arg.slice('--color='.length);
    if (arg === '--color') return argv[index + 1] ?? 'auto';
  }
  return 'auto';
}
