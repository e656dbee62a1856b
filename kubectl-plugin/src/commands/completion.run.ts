import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InputError, asDrError } from '@kubectl-dr/core/errors';
import { completer, completerOfWindows, scripts } from '../completion/scripts.ts';
import type { Context } from '../context.ts';
import { flagText, resolvePath } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const shell = args.positionals.SHELL as 'install' | keyof typeof scripts;
  if (shell !== 'install') {
    context.output.out(scripts[shell]);
    return exit.done;
  }
  const windows = process.platform === 'win32';
  const file = path.join(directoryFor(args, context), `kubectl_complete-dr${windows ? '.cmd' : ''}`);
  const text = windows ? completerOfWindows : completer;
  if (existsSync(file) && !readFileSync(file, 'utf8').includes('kubectl-dr'))
    throw new InputError(`${file} exists and is not ours`, { hint: 'move it away, or choose another folder with --directory' });
  try {
    writeFileSync(file, text, { mode: 0o755 });
  } catch (cause) {
    throw new InputError(`${file} cannot be written: ${asDrError(cause).message}`, {
      cause,
      hint: 'choose a folder of PATH with --directory',
    });
  }
  context.output.out(`${file}\n`);
  context.output.err('kubectl completes "kubectl dr" now, where the completion of kubectl itself is loaded: kubectl completion --help\n');
  return exit.done;
}

/** Beside kubectl-dr where that may be written, else the first folder of PATH below the home. */
function directoryFor(args: Arguments, context: Context): string {
  const named = flagText(args, 'directory');
  if (named !== undefined) return resolvePath(context, named);
  const { PATH = '', HOME } = context.env;
  const folders = PATH.split(path.delimiter).filter((folder) => path.isAbsolute(folder) && writable(folder));
  const found =
    folders.find((folder) => ['kubectl-dr', 'kubectl-dr.exe', 'kubectl-dr.cmd'].some((name) => existsSync(path.join(folder, name)))) ??
    folders.find((folder) => HOME !== undefined && folder.startsWith(`${HOME}${path.sep}`));
  if (found === undefined)
    throw new InputError('no folder of PATH can be written to', {
      hint: 'kubectl dr completion install --directory DIR, with DIR in PATH',
    });
  return found;
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
