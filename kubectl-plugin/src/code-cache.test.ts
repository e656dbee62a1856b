import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-code-'));
  home = path.join(folder, 'home');
  write('one');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(word: string): void {
  writeFileSync(
    path.join(folder, 'looking.cjs'),
    `const say = () => require('./said.cjs') + '${word}';\nexports.text = say() + __filename;`,
  );
  writeFileSync(path.join(folder, 'said.cjs'), `module.exports = 'said ';`);
}

/** What the file says in a process of its own, as one command. */
function said(command = 'status', env: Record<string, string | undefined> = {}, code = 0): string {
  const program = `
    const { keepCodeOf, loadKept } = await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'code-cache.ts')))});
    const { createRequire } = await import('node:module');
    const file = ${JSON.stringify(path.join(folder, 'looking.cjs'))};
    keepCodeOf(${JSON.stringify(command)});
    process.stdout.write(loadKept(file, createRequire(file)).text);
    process.exit(${code});`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
  const ran = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home, ...env } });
  expect(ran.stderr).toBe('');
  expect(ran.status).toBe(code);
  return ran.stdout.replace(path.join(folder, 'looking.cjs'), ' here');
}
const kept = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /looking-[^.]*-v/.test(name));

it('keeps the code of each command below the cache folder, for its user alone, and says the same by it', () => {
  expect([said(), said(), said('get')]).toEqual(['said one here', 'said one here', 'said one here']);
  expect(
    kept()
      .map((name) => name.replace(/-v.*/, ''))
      .sort(),
  ).toEqual(['home/.cache/kubectl-dr/looking-get', 'home/.cache/kubectl-dr/looking-status']);
  for (const name of kept()) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
  said('status', { XDG_CACHE_HOME: path.join(folder, 'elsewhere') });
  expect(kept().filter((name) => name.startsWith('elsewhere'))).toHaveLength(1);
});

it('does not take the code of another source for its own, though it is as long', () => {
  said();
  write('two');
  utimesSync(path.join(folder, 'looking.cjs'), 1, 1);
  expect([said(), said()]).toEqual(['said two here', 'said two here']);
});

it('compiles where what is kept is broken, and keeps it anew', () => {
  said();
  const file = path.join(folder, kept()[0]!);
  const { size } = statSync(file);
  truncateSync(file, size - 40);
  expect(said()).toBe('said one here');
  expect(statSync(file).size).toBe(size);
});

it('keeps nothing where nothing can be kept or nobody wants it, nor of a command that failed', () => {
  writeFileSync(path.join(folder, 'taken'), '');
  for (const env of [{ HOME: undefined }, { XDG_CACHE_HOME: path.join(folder, 'taken') }, { NODE_DISABLE_COMPILE_CACHE: '1' }])
    expect(said('status', env)).toBe('said one here');
  said('status', {}, 3);
  expect(kept()).toEqual([]);
});
