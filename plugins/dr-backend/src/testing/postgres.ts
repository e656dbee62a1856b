import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@kubectl-dr/core/system-clock';
import knex from 'knex';
import type { Database } from '../database/migrate.ts';

export interface Postgres {
  /** Of a user who may make databases. */
  connection: { host: string; port: number; user: string };
  /** A new, empty database. Ended with the server. */
  open(): Promise<Database>;
  /** The same once more, as another process would. */
  openAgain(database: string): Database;
  close(): Promise<void>;
}

const debian = '/usr/lib/postgresql';

/** The folder with `initdb` and `postgres`, Debian's or whichever PATH has. */
function programs(): string | undefined {
  const packaged = existsSync(debian) ? readdirSync(debian).map((version) => path.join(debian, version, 'bin')) : [];
  return [...packaged.toReversed(), ...(process.env.PATH ?? '').split(path.delimiter)].find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(path.join(folder, program))),
  );
}

/** A server refuses to run as root: the packaged user, or nobody. Undefined: as whoever we are. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] })));
      return { uid: uid!, gid: gid! };
    } catch {
      // There is no such user.
    }
  }
  return undefined;
}

/** Why there can be no PostgreSQL here, if there can be none. */
export function missingPostgres(): string | undefined {
  if (programs() === undefined) return 'PostgreSQL is not installed: apt-get install postgresql';
  return process.getuid?.() === 0 && account() === undefined ? 'PostgreSQL does not run as root, and there is no other user' : undefined;
}

/** A server of our own on a free port, with all it keeps in a temporary folder; it ends with this process at the latest. */
export async function startPostgres(): Promise<Postgres> {
  const folder = programs()!;
  const user = account();
  const directory = mkdtempSync(path.join(tmpdir(), 'kubectl-dr-postgres-'));
  if (user) chownSync(directory, user.uid, user.gid);
  const options = { ...user, cwd: directory, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
  execFileSync(path.join(folder, 'initdb'), ['-D', `${directory}/data`, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await freePort();
  const server = spawn(
    path.join(folder, 'postgres'),
    ['-D', `${directory}/data`, '-h', '127.0.0.1', '-p', `${port}`, '-k', directory, '-F', '-c', 'max_connections=200'],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said: string[] = [];
  server.stderr.on('data', (data) => said.push(String(data)));
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const kill = (): void => void server.kill('SIGQUIT');
  process.once('exit', kill);

  const connection = { host: '127.0.0.1', port, user: 'postgres' };
  const clients: Database[] = [];
  const connect = (database: string): Database => {
    const client = databaseOf({ client: 'pg', connection: { ...connection, database } });
    clients.push(client);
    return client;
  };
  const admin = connect('postgres');
  for (let tries = 0; !(await answers(admin)); tries += 1) {
    if (server.exitCode !== null || tries > 150) throw new Error(`PostgreSQL does not answer: ${said.join('').slice(-2000)}`);
    await systemClock.sleep(100);
  }
  let databases = 0;
  return {
    connection,
    async open() {
      databases += 1;
      await admin.raw(`create database test_${databases}`);
      return connect(`test_${databases}`);
    },
    openAgain: connect,
    async close() {
      await Promise.all(clients.map((client) => client.destroy()));
      server.kill('SIGINT');
      await gone;
      process.off('exit', kill);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** By the knex of this plugin, which is another one than the host's, and the same in all that is used of it. */
export function databaseOf(config: Parameters<typeof knex>[0]): Database {
  return knex(config) as unknown as Database;
}

async function answers(client: Database): Promise<boolean> {
  try {
    await client.raw('select 1');
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
