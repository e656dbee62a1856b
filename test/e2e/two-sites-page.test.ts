import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repository } from './kubectl.ts';
import { bin } from './own-process.ts';

let folder: string;
let sandbox: ReturnType<typeof spawn> | undefined;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-two-sites-'));
  const clusters = ['east', 'west'].map((name) => `{ name: ${name}, kubeconfig: .sandbox/kubeconfig, context: ${name} }`);
  const catalog = path.join(repository, 'packages/sandbox/catalog');
  writeFileSync(path.join(folder, 'app-config.yaml'), `dr: { clusters: [${clusters.join(', ')}], catalog: ['${catalog}'] }\n`);
});
afterAll(() => {
  sandbox?.kill();
  rmSync(folder, { recursive: true, force: true });
});

interface Line {
  command: string;
  /** What the page says that it exits with. */
  code: number;
}

/** The lines of the blocks that are for a shell. */
function commandsOf(page: string): Line[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [command = '', comment = ''] = line.split(/\s+# /);
        return { command, code: Number(/exit code (\d+)/.exec(comment)?.[1] ?? 0) };
      }),
  );
}

/** As a shell takes it apart: words, and what is between double quotes. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
}

function begin(words: string[]): ReturnType<typeof spawn> {
  expect(words.slice(0, 2)).toEqual(['npx', 'kubectl-dr']);
  const { KUBECONFIG: _, ...env } = process.env;
  return spawn(process.execPath, [bin, ...words.slice(2)], {
    cwd: folder,
    env: { ...env, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ended(child: ReturnType<typeof spawn>): Promise<{ code: number | null; text: string }> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}

it('every command of docs/two-sites.md does what the page says, in its order', async () => {
  const page = readFileSync(path.join(repository, 'docs/two-sites.md'), 'utf8');
  const [first, ...rest] = commandsOf(page);
  expect(rest.length).toBeGreaterThan(8);
  // The port of the page may be taken.
  sandbox = begin([...wordsOf(first!.command), '--port', '0']);
  await new Promise<void>((resolve, reject) => {
    sandbox!.stdout!.once('data', () => resolve());
    void ended(sandbox!).then(({ text }) => reject(new Error(text)));
  });
  let operation = '';
  const said: Record<string, string> = {};
  for (const { command, code } of rest) {
    const line = (): Promise<{ code: number | null; text: string }> => ended(begin(wordsOf(command.replace('OPERATION', operation))));
    // Copies arrive within a minute, as the page says, and nothing is planned from one that has not.
    if (/ get replications$| plan failback /.test(command)) await vi.waitFor(arrived, { timeout: 90_000, interval: 1_000 });
    const { code: exit, text } = await line();
    expect(exit, `${command}\n${text}`).toBe(code);
    said[command] = text;
    operation = /operation (\S+) Succeeded/.exec(text)?.[1] ?? operation;
    if (command.includes('sandbox bring-back')) await vi.waitFor(() => expectStatus('MOVE_UNFINISHED'), { timeout: 30_000, interval: 500 });
  }
  const last = said['npx kubectl-dr status warehouse']!;
  expect(last).not.toContain('MOVE_UNFINISHED');
  expect(last).toContain('east/warehouse');
  expect(last).not.toContain('west/warehouse');
  expect(said['npx kubectl-dr plan failover warehouse --to west']).toContain('SOURCE_MAY_BE_ALIVE');
  expect(said['npx kubectl-dr describe operation OPERATION']).toContain('the power of the site is cut');
}, 300_000);

it('every command of docs/moved-by-engines.md does what the page says, in its order', async () => {
  const [first, ...rest] = commandsOf(readFileSync(path.join(repository, 'docs/moved-by-engines.md'), 'utf8'));
  expect(rest.length).toBeGreaterThan(8);
  sandbox?.kill();
  sandbox = begin([...wordsOf(first!.command), '--port', '0']);
  await new Promise<void>((resolve, reject) => {
    sandbox!.stdout!.once('data', () => resolve());
    void ended(sandbox!).then(({ text }) => reject(new Error(text)));
  });
  const says: Record<string, RegExp> = {
    'npx kubectl-dr status booking': /copy of data to west: .* every 1m/,
    'npx kubectl-dr drill tickets --on west': /tried in west\/tickets-test-[0-9a-f]{5}/,
    'npx kubectl-dr status tickets': /west\/tickets[^]*nothing copies back/,
  };
  for (const { command, code } of rest) {
    const words = wordsOf(command).map((word) => (word === 'packages/sandbox/steered' ? path.join(repository, word) : word));
    const once = async (): Promise<void> => {
      const { code: exit, text } = await ended(begin(words));
      expect(exit, `${command}\n${text}`).toBe(code);
      expect(text, command).toMatch(says[command.replace(/ --catalog .*/, '')] ?? '');
    };
    // What is on its way is waited for: a first copy, one that is just made, and what the move before has set up again.
    await vi.waitFor(once, { timeout: 120_000, interval: 2_000 });
  }
}, 600_000);

async function arrived(): Promise<void> {
  const { text } = await ended(begin(['npx', 'kubectl-dr', 'get', 'replications']));
  expect(text.split('\n').filter((row) => /Succeeded/.test(row) && !/<unknown>|nothing/.test(row))).toHaveLength(1);
}

async function expectStatus(text: string): Promise<void> {
  expect((await ended(begin(['npx', 'kubectl-dr', 'status', 'warehouse']))).text).toContain(text);
}
