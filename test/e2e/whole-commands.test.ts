import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { engines } from '@kubectl-dr/core/engines/registry.generated';
import { NotAllowedError } from '@kubectl-dr/core/errors';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { lookedAt } from '@kubectl-dr/core/service/look';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster } from '@kubectl-dr/core/testing/memory-cluster';
import { kubectlDr } from './command-line.ts';

/** A name as long as service accounts have them. */
const who = `system:serviceaccount:${'n'.repeat(63)}:${'s'.repeat(200)}`;

/** Serves every type that any engine keeps, and lets nobody list one. */
class Closed extends MemoryCluster {
  override async list(type: ResourceType): Promise<never> {
    throw refused(`list ${resourceKey(type)}`);
  }

  override async identity(): Promise<never> {
    throw refused('get namespaces');
  }
}

function refused(what: string): NotAllowedError {
  return new NotAllowedError(`${who} may not ${what} on east`, { cluster: 'east', details: { user: who }, hint: 'ask' });
}

describe('a command that is told to be typed is told whole', () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-whole-'));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  const all = lookedAt(engines).map(resourceKey);

  it.each(['status', 'status shop', 'diff shop', 'get apps', 'doctor', 'plan restore shop'])('%s', async (line) => {
    for (const columns of [undefined, 80]) {
      const { code, out, err } = await kubectlDr(line, {
        cwd,
        clusters: [new Closed({ name: 'east', clock: systemClock })],
        ...(columns && { columns }),
      });
      expect(code).toBe(6);
      const [, asked, to] =
        /kubectl create clusterrole kubectl-dr-reader --verb=list --resource=(\S+), and bind it to (\S+)$/m.exec(out + err) ?? [];
      expect(asked?.split(',')).toEqual(expect.arrayContaining(all));
      expect(to).toBe(who);
    }
  });
});
