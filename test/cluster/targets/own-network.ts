import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';

/** A program with a loopback interface of its own: whatever port it takes there is free. */
export interface OwnNetwork {
  command: string;
  args: string[];
  /** Also ends the ways out. */
  close(): Promise<void>;
}

/** Why a program cannot have a network of its own on this machine, if it cannot. */
export function missingOwnNetwork(): string | undefined {
  const probe = spawnSync('unshare', [...flags, 'sh', '-c', 'ip link set lo up'], { stdio: 'ignore' });
  return probe.status === 0 ? undefined : 'unshare and ip of util-linux and iproute2 cannot make a network here';
}

const flags = ['--user', '--map-root-user', '--net'];

/**
 * The program as it would be started in a new network namespace (Linux). Of the outside it reaches these ports of the
 * loopback interface, under the same numbers; `inward` are ports of its own that the outside reaches.
 */
export async function inOwnNetwork(
  command: string,
  args: readonly string[],
  { folder, outward, inward }: { folder: string; outward: readonly number[]; inward: readonly number[] },
): Promise<OwnNetwork> {
  const socket = (port: number): string => path.join(folder, `${port}.sock`);
  const servers = await Promise.all([
    ...outward.map((port) => tunnel({ path: socket(port) }, { host: '127.0.0.1', port })),
    ...inward.map((port) => tunnel({ host: '127.0.0.1', port }, { path: socket(port) })),
  ]);
  const inside = path.join(import.meta.dirname, 'own-network-inside.ts');
  const plan = JSON.stringify({ folder, outward, inward });
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', inside, plan, command, ...args];
  return {
    command: 'unshare',
    args: [...flags, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...node],
    async close() {
      for (const server of servers) server.close();
      await Promise.all(outward.map((port) => rm(socket(port), { force: true })));
    },
  };
}

type Place = { path: string } | { host: string; port: number };

/** Whoever comes to one place is led to the other. */
export async function tunnel(from: Place, to: Place): Promise<{ close(): void }> {
  const server = createServer((near) => {
    const far = connect(to);
    near.pipe(far).pipe(near);
    for (const end of [near, far]) end.on('error', () => [near, far].forEach((other) => other.destroy()));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(from, resolve));
  return {
    close: () => void server.close(),
  };
}
