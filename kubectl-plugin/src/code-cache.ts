import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The command whose code is kept: each calls other functions. */
let command: string | undefined;

export function keepCodeOf(name: string): void {
  command = name;
}

/**
 * A file of the bundle with what V8 made of it when the command last ran well, for `require` (see `packages/dev/src/bundle.mjs`).
 * Node's own cache keeps what is compiled before a file runs; what is compiled as it is called, which is most of it, is kept here
 * as well, below $XDG_CACHE_HOME, where nobody else may write. NODE_DISABLE_COMPILE_CACHE turns both off.
 */
export function loadKept(file: string, require: NodeJS.Require, env: Record<string, string | undefined> = process.env): unknown {
  const kept = env.NODE_DISABLE_COMPILE_CACHE ? undefined : keptFile(path.basename(file, '.cjs'), env);
  const { size, mtimeMs } = statSync(file);
  // V8 looks at the length of a source alone.
  const made = `${file} ${size} ${mtimeMs}\n`;
  const cachedData = kept && readKept(kept, made);
  const { Script } = process.getBuiltinModule('node:vm');
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  if (kept !== undefined && (cachedData === undefined || script.cachedDataRejected))
    process.once('exit', (code) => {
      // What fails has not called much.
      if (code === 0) writeKept(kept, Buffer.concat([Buffer.from(made), script.createCachedData()]));
    });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...given: unknown[]) => void;
  run(module.exports, require, module, file, path.dirname(file));
  return module.exports;
}

function keptFile(name: string, env: Record<string, string | undefined>): string | undefined {
  const folder = env.XDG_CACHE_HOME || (env.HOME ? path.join(env.HOME, '.cache') : env.LOCALAPPDATA);
  if (!folder || command === undefined) return undefined;
  return path.join(folder, 'kubectl-dr', `${name}-${command}-${process.version}-${process.arch}`);
}

function readKept(kept: string, made: string): Buffer | undefined {
  try {
    const found = readFileSync(kept);
    const begin = Buffer.byteLength(made);
    return found.toString('utf8', 0, begin) === made ? found.subarray(begin) : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, whoever else does it now. Where nothing can be written, every run compiles. */
function writeKept(kept: string, content: Buffer): void {
  try {
    mkdirSync(path.dirname(kept), { recursive: true, mode: 0o700 });
    const fresh = `${kept}.${process.pid}`;
    writeFileSync(fresh, content, { mode: 0o600 });
    renameSync(fresh, kept);
  } catch {
    // As said above.
  }
}
