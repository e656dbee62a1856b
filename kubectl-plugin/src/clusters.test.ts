import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { clustersOf } from './clusters.ts';
import { commands } from './commands/index.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Host } from './context.ts';
import { parse } from './parse.ts';

const kubeconfig = (...names: string[]) => `apiVersion: v1
kind: Config
current-context: ${names[0]}
clusters: [${names.map((name) => `{ name: ${name}, cluster: { server: "https://${name}.invalid" } }`).join(', ')}]
users: [{ name: me, user: { token: secret } }]
contexts: [${names.map((name) => `{ name: ${name}, context: { cluster: ${name}, user: me } }`).join(', ')}]
`;

describe('the fleet of a command line', () => {
  let folder: string;
  const write = (file: string, text: string): string => {
    const full = path.join(folder, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-clusters-'));
    write('home/.kube/config', kubeconfig('home', 'spare'));
    write('other', kubeconfig('north', 'south'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Names of the clusters, in order. */
  async function fleet(flags: string, env: Record<string, string> = {}): Promise<string[]> {
    const host = { env: { HOME: path.join(folder, 'home'), ...env }, cwd: folder, output: { err: () => undefined } } as unknown as Host;
    const args = await parse(
      flags.split(' ').filter(Boolean),
      commands.find(({ name }) => name === 'status')!,
    );
    const { clusters, close } = await clustersOf(args, host, await readConfiguration(folder, host.env), systemClock);
    await close();
    return clusters.map(({ name }) => name);
  }
  const configured =
    'dr: { clusters: [{ name: one, kubeconfig: other, context: north }, { name: two, kubeconfig: other, context: south }] }\n';

  it('is the current context where nothing else is said', async () => {
    expect(await fleet('')).toEqual(['home']);
    expect(await fleet('', { KUBECONFIG: path.join(folder, 'other') })).toEqual(['north']);
  });

  it('is what the configuration names, by its names', async () => {
    write('app-config.yaml', configured);
    expect(await fleet('')).toEqual(['one', 'two']);
  });

  it('prefers the project to the user, key by key', async () => {
    write('home/.config/kubectl-dr/config.yaml', 'clusters: [{ name: spare }]\nnamespace: journals\n');
    expect(await fleet('')).toEqual(['spare']);
    write('xdg/kubectl-dr/config.yaml', 'clusters: [{ name: home }]\n');
    expect(await fleet('', { XDG_CONFIG_HOME: path.join(folder, 'xdg') })).toEqual(['home']);
    write('app-config.yaml', configured);
    expect(await fleet('')).toEqual(['one', 'two']);
    expect(await readConfiguration(folder, { HOME: path.join(folder, 'home') })).toMatchObject({ namespace: 'journals' });
  });

  it('prefers a named kubeconfig to the files of the configuration, and keeps the names of its contexts', async () => {
    write('app-config.yaml', configured);
    expect(await fleet('', { KUBECONFIG: path.join(folder, 'home/.kube/config') })).toEqual(['home']);
    expect(await fleet('--kubeconfig home/.kube/config')).toEqual(['home']);
    expect(await fleet('', { KUBECONFIG: path.join(folder, 'other') })).toEqual(['one', 'two']);
  });

  it('prefers the environment to files, and flags to everything', async () => {
    write('app-config.yaml', configured);
    expect(await fleet('', { KUBECTL_DR_CONTEXTS: 'spare,home' })).toEqual(['spare', 'home']);
    expect(await fleet('--contexts spare', { KUBECTL_DR_CONTEXTS: 'home' })).toEqual(['spare']);
    expect(await fleet('--context spare')).toEqual(['spare']);
    expect(await fleet('--server https://elsewhere.invalid --token t')).toEqual(['home']);
    expect(await fleet('--kubeconfig other --contexts south,north')).toEqual(['south', 'north']);
  });

  it.each([
    ['--context hom', 'the context "hom" does not exist in', 'did you mean "home"?'],
    ['--contexts home,wset', 'the context "wset" does not exist in', 'there are: home, spare'],
    ['--kubeconfig nowhere', 'nowhere does not exist', undefined],
    ['--as-group admins', 'can only be impersonated together with a user', 'add --as-user USER'],
    ['--request-timeout soon', '--request-timeout: "soon" is not a duration', undefined],
  ])('refuses %s in one sentence', async (flags, message, hint) => {
    await expect(fleet(flags)).rejects.toMatchObject({
      message: expect.stringContaining(message),
      ...(hint === undefined ? {} : { hint }),
    });
  });

  it.each([
    [
      'dr: { clusters: [{ name: a, kubeconfig: nowhere }] }',
      'dr.clusters[0] of FOLDER/app-config.yaml (a): the kubeconfig FOLDER/nowhere does not exist',
    ],
    ['dr: { clusters: [{ name: a }, { name: a }] }', 'dr.clusters[1] of FOLDER/app-config.yaml repeats the name "a"'],
    ['dr: { clusters: [{ name: a, url: "https://a.invalid", kubeconfig: other }] }', 'has more than one of url, kubeconfig and inCluster'],
    ['dr:\n  clusters:\n    - { context: a }', 'FOLDER/app-config.yaml, line 3: dr.clusters.0.name:'],
    ['dr:\n  catalog: [\n', 'FOLDER/app-config.yaml is not valid YAML at line'],
  ])('names the entry that is wrong: %s', async (text, message) => {
    write('app-config.yaml', `${text}\n`);
    await expect(fleet('')).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringContaining(message.replaceAll('FOLDER', folder)),
    });
  });

  it('says what to do when there is nothing at all', async () => {
    await expect(fleet('', { HOME: path.join(folder, 'nobody') })).rejects.toMatchObject({
      message: 'there is no kubeconfig',
      hint: 'set KUBECONFIG, or try: kubectl dr sandbox',
    });
  });

  it('reads tokens from the environment', async () => {
    write('app-config.yaml', 'dr: { clusters: [{ name: a, url: "https://a.invalid", token: "${A_TOKEN}" }] }\n');
    const { clusters } = await readConfiguration(folder, { A_TOKEN: 'from-the-environment' });
    expect(clusters).toMatchObject([{ name: 'a', token: 'from-the-environment' }]);
    expect(await fleet('')).toEqual(['a']);
  });
});
