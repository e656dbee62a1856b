import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadKubeConfig } from './load.ts';
import { resolveContext } from './context.ts';

const file = (context: string, server: string, token = 'secret') => `apiVersion: v1
kind: Config
current-context: ${context}
clusters: [{ name: c, cluster: { server: "${server}" } }, { name: ${context}-cluster, cluster: { server: "${server}" } }]
users: [{ name: u, user: { token: ${token} } }]
contexts: [{ name: ${context}, context: { cluster: c, user: u, namespace: shop } }]
`;

describe('kubeconfig', () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-kubeconfig-'));
    writeFileSync(at('a'), file('east', 'https://east:6443'));
    writeFileSync(at('b'), file('west', 'https://west:6443', 'other'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const load = (...names: string[]) => loadKubeConfig({ env: { KUBECONFIG: names.map(at).join(path.delimiter) } });

  it('merges files: the first wins per name, missing and repeated ones are skipped', async () => {
    const config = await load('a', 'missing', 'a', 'b');
    expect(config.currentContext).toBe('east');
    expect([...config.contexts.keys()]).toEqual(['east', 'west']);
    expect(config.clusters.get('c')!.server).toBe('https://east:6443');
    expect(config.users.get('u')!.token).toBe('secret');
  });

  it('refuses a file that was named and does not exist', async () => {
    await expect(loadKubeConfig({ file: at('missing'), env: {} })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringContaining('does not exist'),
    });
  });

  it('names file and line of one that is not YAML', async () => {
    writeFileSync(at('bad'), 'apiVersion: v1\nclusters: [\n  {name: x\n');
    await expect(load('bad')).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(/bad is not valid YAML at line \d+/),
    });
  });

  it('resolves the context with its namespace, and overrides of flags', async () => {
    const config = await load('a', 'b');
    expect(resolveContext(config)).toMatchObject({
      name: 'east',
      namespace: 'shop',
      cluster: { server: 'https://east:6443' },
      user: { token: 'secret' },
    });
    const other = resolveContext(config, {
      context: 'west',
      server: 'https://other',
      token: 't',
      impersonate: { user: 'alice', groups: ['a', 'b'] },
    });
    expect(other).toMatchObject({
      name: 'west',
      cluster: { server: 'https://other' },
      user: { token: 't', impersonate: { user: 'alice', groups: ['a', 'b'] } },
    });
  });

  it('suggests the nearest context', async () => {
    const config = await load('a', 'b');
    expect(() => resolveContext(config, { context: 'eats' })).toThrow(expect.objectContaining({ hint: 'did you mean "east"?' }));
  });

  it('says what is missing when there is nothing', async () => {
    expect(() => resolveContext({ clusters: new Map(), users: new Map(), contexts: new Map(), files: [] })).toThrow(
      'there is no kubeconfig',
    );
  });
});
