import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { Ran, Surroundings } from './command-line.ts';
import { kubectlDr } from './command-line.ts';
import type { Issued, TlsServer } from './tls.ts';
import { Authority, base64, emptyCluster, kubeconfigOf, serveTls } from './tls.ts';

/** The ways to a cluster that a kubeconfig and the flags of kubectl can name, over real sockets. */
let folder: string;
let authority: Authority;
let issued: Issued;
const open: { close(): void }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-connections-'));
  authority = await Authority.open();
  issued = await authority.issue({ names: ['localhost', 'api.example'] });
});
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function cluster(options: Parameters<typeof serveTls>[2] = {}): Promise<TlsServer> {
  const server = await serveTls(issued, emptyCluster, options);
  open.push(server);
  return server;
}
const trusting = (server: string, more: object = {}): object => ({ server, 'certificate-authority-data': base64(authority.pem), ...more });

function run(line: string, config: string | string[], more: Partial<Surroundings> = {}): Promise<Ran> {
  const files = [config].flat().map((text, index) => {
    const file = path.join(folder, `kubeconfig-${index}`);
    writeFileSync(file, text);
    return file;
  });
  return kubectlDr(line, { cwd: folder, kubeconfig: files.join(path.delimiter), ...more });
}
const rawHeaders = ({ rawHeaders: raw }: IncomingMessage, name: string): string[] =>
  raw.filter((_, index) => index % 2 === 1 && raw[index - 1]!.toLowerCase() === name);

it.each(['status', 'get points', 'get clusters', 'get restores', 'doctor'])('one connection for whatever %s asks', async (line) => {
  const server = await cluster();
  const ran = await run(line, kubeconfigOf(trusting(server.url), { token: 't' }));
  expect(ran.code, ran.err).toBe(0);
  expect(server.requests.length).toBeGreaterThan(1);
  expect(server.connections()).toBe(1);
  expect(rawHeaders(server.requests[0]!, 'authorization')).toEqual(['Bearer t']);
});

it('who asks for points is shown what keeps points, and nothing else is read', async () => {
  const server = await cluster();
  await run('get points', kubeconfigOf(trusting(server.url), { token: 't' }));
  expect(server.requests.map(({ url }) => url!.replace(/^.*\/|\?.*$/g, '')).sort()).toEqual([
    'applicationbackups',
    'backups',
    'volumesnapshots',
  ]);
});

it('a cluster that hangs costs the time of a request, and its row says so; the others answer', async () => {
  const [well, hanging] = [await cluster(), await serveTls(issued, () => undefined)];
  open.push(hanging);
  const second = kubeconfigOf(trusting(hanging.url), { token: 't' }).replaceAll('"east"', '"west"');
  const line = 'get clusters --contexts east,west --request-timeout 300ms';
  const ran = await run(line, [kubeconfigOf(trusting(well.url), { token: 't' }), second]);
  expect(ran).toMatchObject({ code: 0 });
  const rows = ran.out.split('\n').map((row) => row.trim().split(/ {2,}/));
  expect(rows.find(([name]) => name === 'east')).toContain('true');
  expect(rows.find(([name]) => name === 'west')?.join()).toMatch(/^west,false,.*did not answer in time/);
  // Everything was asked at once: nothing is asked again of who did not answer, or the time would have to pass a second time.
  expect(hanging.connections()).toBe(1);
});

describe('proxies', () => {
  /** A proxy that leads everything to one server, and remembers what was asked of it. */
  async function proxyTo(server: TlsServer) {
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket: net.Socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      const onward = net.connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      for (const each of [onward, socket]) each.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => (proxy.closeAllConnections(), void proxy.close()) });
    return { asked, url: `127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  }

  it('of the kubeconfig, with a password', async () => {
    const { asked, url } = await proxyTo(await cluster());
    const config = kubeconfigOf(trusting('https://api.example:6443', { 'proxy-url': `http://me:se%20cret@${url}` }), { token: 't' });
    expect(await run('get points', config)).toMatchObject({ code: 0 });
    expect(asked).toEqual([`api.example:6443 Basic ${base64('me:se cret')}`]);
  });

  it('of the environment, unless NO_PROXY excepts the server', async () => {
    const { asked, url } = await proxyTo(await cluster());
    const config = kubeconfigOf(trusting('https://api.example:6443'), { token: 't' });
    for (const name of ['HTTPS_PROXY', 'https_proxy']) {
      expect(await run('get points', config, { env: { [name]: `http://${url}` } })).toMatchObject({ code: 0 });
    }
    expect(asked).toEqual(['api.example:6443', 'api.example:6443']);
    for (const except of ['api.example', '.example', '*', 'other,api.example:6443']) {
      const ran = await run('get points', config, { env: { HTTPS_PROXY: url, NO_PROXY: except } });
      expect(ran.err, except).toContain('cannot be found: its host name does not resolve');
    }
    expect(asked.length).toBe(2);
  });

  it('never between us and this machine', async () => {
    const server = await cluster();
    const config = kubeconfigOf(trusting(server.url), { token: 't' });
    expect(await run('get points', config, { env: { HTTPS_PROXY: '127.0.0.1:1' } })).toMatchObject({ code: 0 });
  });
});

it('a client certificate', async () => {
  const seen: string[] = [];
  const server = await serveTls(
    issued,
    (request, response) => {
      seen.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
      emptyCluster(request, response);
    },
    { requestCert: true, rejectUnauthorized: true, ca: authority.pem },
  );
  open.push(server);
  const { certificate, key } = await authority.issue({ subject: 'CN=alice' });
  const data = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
  expect(await run('get points', kubeconfigOf(trusting(server.url), data))).toMatchObject({ code: 0 });
  writeFileSync(path.join(folder, 'alice.crt'), certificate);
  writeFileSync(path.join(folder, 'alice.key'), key);
  const files = { 'client-certificate': 'alice.crt', 'client-key': 'alice.key' };
  expect(await run('get points', kubeconfigOf(trusting(server.url), files))).toMatchObject({ code: 0 });
  expect(new Set(seen)).toEqual(new Set(['alice']));
});

it('a credential plugin is run once, told about the cluster, and again after a 401', async () => {
  const tokens: string[] = [];
  const server = await serveTls(issued, (request, response) => {
    tokens.push(request.headers.authorization!);
    if (request.headers.authorization === 'Bearer 1') return void response.writeHead(401).end();
    emptyCluster(request, response);
  });
  open.push(server);
  const plugin = path.join(folder, 'plugin');
  const told = (name: string): string => path.join(folder, name);
  const status = '{"kind":"ExecCredential","status":{"token":"\'$n\'"}}';
  writeFileSync(
    plugin,
    `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" > ${told('info')}\necho x >> ${told('runs')}\nn=$(grep -c x ${told('runs')})\necho '${status}'\n`,
    { mode: 0o755 },
  );
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, provideClusterInfo: true, interactiveMode: 'Never' };
  expect(await run('get points', kubeconfigOf(trusting(server.url), { exec }))).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(told('info'), 'utf8'))).toMatchObject({
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: { server: server.url } },
  });
  expect(tokens[0]).toBe('Bearer 1');
  expect(new Set(tokens)).toEqual(new Set(['Bearer 1', 'Bearer 2']));
});

it('impersonation with several groups: a header line each', async () => {
  const server = await cluster();
  const config = kubeconfigOf(trusting(server.url), { token: 't' });
  expect((await run('get operations --as alice --as-group a,b --as-group c --as-uid 7', config)).code).toBe(0);
  const [request] = server.requests;
  expect(rawHeaders(request!, 'impersonate-user')).toEqual(['alice']);
  expect(rawHeaders(request!, 'impersonate-group')).toEqual(['a,b', 'c']);
  expect(rawHeaders(request!, 'impersonate-uid')).toEqual(['7']);
});

it('several files of KUBECONFIG: the first wins per name, missing and repeated ones are passed over', async () => {
  const [one, two] = [await cluster(), await cluster()];
  const first = kubeconfigOf(trusting(one.url), { token: 'first' });
  const second = kubeconfigOf(trusting(two.url), { token: 'second' }).replaceAll('"east"', '"west"');
  expect(await run('get clusters --contexts east,west -o name', [first, second, second])).toMatchObject({
    code: 0,
    out: 'cluster.kubectl-dr.dev/east\ncluster.kubectl-dr.dev/west\n',
  });
  // Both files name the user "tester".
  for (const server of [one, two]) expect(rawHeaders(server.requests[0]!, 'authorization')).toEqual(['Bearer first']);
  const missing = { env: { KUBECONFIG: ['nowhere', path.join(folder, 'kubeconfig-0')].join(path.delimiter) } };
  expect(await run('get points', [first], missing)).toMatchObject({ code: 0 });
});

const hasIpv6 = Object.values(os.networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
it.skipIf(!hasIpv6)('an address of IPv6', async () => {
  const server = await cluster({ host: '::1' });
  expect(server.url).toMatch(/^https:\/\/\[::1\]:\d+$/);
  expect(await run('get points', kubeconfigOf(trusting(server.url), { token: 't' }))).toMatchObject({ code: 0 });
  expect((await run('get operations', kubeconfigOf({ server: 'https://[::1]:1' }))).err).toContain(
    'east (https://[::1]:1) refused the connection',
  );
});

it('tls-server-name, --certificate-authority and --insecure-skip-tls-verify', async () => {
  const server = await cluster();
  writeFileSync(path.join(folder, 'ca.crt'), authority.pem);
  const config = kubeconfigOf({ server: server.url }, { token: 't' });
  expect(await run('get points --certificate-authority ca.crt', config)).toMatchObject({ code: 0 });
  expect(await run('get points --certificate-authority ca.crt --tls-server-name api.example', config)).toMatchObject({ code: 0 });
  expect((await run('get operations --certificate-authority ca.crt --tls-server-name nope', config)).err).toContain(
    'a certificate for another name',
  );
  expect(await run('get points --insecure-skip-tls-verify', config)).toMatchObject({ code: 0 });
});

it('neither a context without namespace nor one with it hides anything', async () => {
  const server = await cluster();
  for (const context of [{}, { namespace: 'shop' }]) {
    const ran = await run('get points', kubeconfigOf(trusting(server.url), { token: 't' }, context));
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.err).not.toContain('in namespace');
  }
  expect(server.requests.map(({ url }) => url).filter((url) => url!.includes('/namespaces/shop/'))).toEqual([]);
});

it('-v shows what travels, without the token', async () => {
  const server = await cluster();
  const config = kubeconfigOf(trusting(server.url), { token: 'very-secret' });
  for (const [level, shown] of [
    ['6', / 200 in \d+ milliseconds$/m],
    ['7', /^ {4}authorization: Bearer <masked>$/m],
    ['8', /^Response Body: \{"kind":"List"/m],
    ['9', /^curl -v -X GET .*-H 'authorization: Bearer <masked>'/m],
  ] as const) {
    const { err, out } = await run(`get operations -v=${level}`, config);
    expect(err).toMatch(shown);
    expect(err + out).not.toContain('very-secret');
  }
  expect((await run('get operations -v=6', kubeconfigOf({ server: 'https://127.0.0.1:1' }))).err).toContain('ECONNREFUSED in ');
});
