import { asDrError } from '@kubectl-dr/core/errors';
import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { exit } from './exit-codes.ts';
import { clean, paint } from './output/terminal.ts';

/** Ages go on without anything having changed. Milliseconds. */
const tick = 3_000;

/**
 * `-w`: what a command shows, again whenever it changes, until Ctrl-C. On a terminal in place, cut to its height; elsewhere
 * everything once and then the lines that are new; as data a whole document for each state.
 */
export async function watch(work: (context: Context) => Promise<number>, args: Arguments, context: Context): Promise<number> {
  const { output, signal, clock } = context;
  // A portal is asked again and again; it has everything in memory.
  const fleet = flagText(args, 'portal') === undefined ? await context.fleet() : undefined;
  const changed = fleet?.changed ?? ((milliseconds: number) => clock.sleep(milliseconds, signal).catch(() => undefined));
  const live = output.live && output.columns.out !== undefined;
  const screen = live ? screenOf(context) : linesOf(context, flagText(args, 'output'));
  for (let first = true; ; first = false) {
    const shown = { out: '', err: '' };
    const captured = { ...output, out: (text: string) => void (shown.out += text), err: (text: string) => void (shown.err += text) };
    try {
      await work({ ...context, output: captured });
    } catch (thrown) {
      // What cannot be shown at all is told once; what fails later may come back.
      if (signal.aborted) return exit.interrupted;
      if (first) throw thrown;
      shown.err += `error: ${clean(asDrError(thrown).message, 600)}\n`;
    }
    screen(shown);
    await changed(tick, signal);
    if (signal.aborted) return exit.interrupted;
  }
}

type Show = (shown: { out: string; err: string }) => void;

/** In place. Lines that are too long are cut by the terminal itself, whose wrapping is turned off only while we write. */
function screenOf({ output }: Context): Show {
  let drawn = 0;
  return ({ out, err }) => {
    const lines = `${err}${out}`.split('\n').slice(0, -1);
    const room = Math.max(1, (output.rows ?? 24) - 1);
    const fits = lines.length <= room;
    const shown = fits ? lines : lines.slice(0, room - 1);
    const rest = fits ? [] : [paint(output.color.out, 'grey', `and ${lines.length - shown.length} more lines: the terminal is too low`)];
    const back = drawn > 0 ? `\r\u001b[${drawn}A` : '';
    output.out(`${back}\u001b[?7l${[...shown, ...rest].map((line) => `${line}\u001b[K\n`).join('')}\u001b[0J\u001b[?7h`);
    drawn = shown.length + rest.length;
  };
}

function linesOf({ output }: Context, format: string | undefined): Show {
  const isData = format !== undefined && format !== 'wide' && format !== 'name';
  let before = new Set<string>();
  let notes = '';
  return ({ out, err }) => {
    if (err !== notes) output.err(err);
    notes = err;
    const lines = isData ? [out] : out.split(/(?<=\n)/);
    output.out(lines.filter((line) => !before.has(timeless(line))).join(''));
    before = new Set(lines.map(timeless));
  };
}

/** Without what changes by time alone: ages, and the room that they take. */
function timeless(text: string): string {
  return text
    .replace(/"(\w*[sS]econds|now)": ("[^"]*"|[\d.]+)/g, '"$1"')
    .replace(/(\w*Seconds|now): \S+/g, '$1')
    .replace(/\b\d+(?:\.\d+)?(?:ms|[smhdy])(?:\d+[smhdy])?\b/g, '#')
    .replace(/ +/g, ' ');
}
