import { InterruptedError } from './interrupted.ts';
import type { Host } from './context.ts';
import { print } from './stdout.ts';

/** The process we run in, as arguments for everything below. Streams are opened when they are first looked at. */
export function systemHost(): Host {
  const { env } = process;
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
  const color = (stream: NodeJS.WriteStream): boolean => {
    if (mode !== 'auto') return mode === 'always';
    if (env.NO_COLOR) return false;
    return Boolean(env.FORCE_COLOR || env.CLICOLOR_FORCE) || (Boolean(stream.isTTY) && env.TERM !== 'dumb');
  };
  return {
    env,
    cwd: process.cwd(),
    get who() {
      return whoAmI();
    },
    signal: controller.signal,
    ask,
    // To look at the streams opens them, which costs a quarter of a short command.
    asks: () => Boolean(process.stdin.isTTY && process.stderr.isTTY),
    choose: async (question, choices, signal, { many = false } = {}) =>
      (await import('./acting.ts')).choose(question, choices, signal, many),
    output: {
      out: print,
      err: (text) => void process.stderr.write(text),
      // A terminal that was never told its size says 0.
      columns: {
        get out() {
          return process.stdout.columns || undefined;
        },
        get err() {
          return process.stderr.columns || undefined;
        },
      },
      get rows() {
        return process.stderr.rows || undefined;
      },
      color: {
        get out() {
          return color(process.stdout);
        },
        get err() {
          return color(process.stderr);
        },
      },
      get live() {
        return Boolean(process.stderr.isTTY && env.TERM !== 'dumb');
      },
      unicode: /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
    },
  };
}

/** On stderr, for stdout carries data. Without a line editor of its own, so that Ctrl-C stays a signal. */
async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const { createInterface } = await import('node:readline');
  signal.throwIfAborted();
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: false });
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as Error);
      lines.close();
    };
    signal.addEventListener('abort', leave, { once: true });
    lines.once('line', (line) => {
      resolve(line);
      lines.off('close', end).close();
      signal.removeEventListener('abort', leave);
    });
    const end = (): void => {
      // The cursor stands behind the question.
      process.stderr.write('\n');
      signal.removeEventListener('abort', leave);
      resolve('');
    };
    lines.once('close', end);
  });
}

function whoAmI(): string {
  const { hostname, userInfo } = process.getBuiltinModule('node:os');
  return `${userName()}@${hostname()}/${process.pid}`;

  /** A container may run us as somebody without a name. */
  function userName(): string {
    try {
      return userInfo().username;
    } catch {
      return 'unknown';
    }
  }
}

function colorMode(argv: readonly string[]): string {
  for (const [index, arg] of argv.entries()) {
    if (arg.startsWith('--color=')) return arg.slice('--color='.length);
    if (arg === '--color') return argv[index + 1] ?? 'auto';
  }
  return 'auto';
}
