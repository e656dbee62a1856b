import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { kubectlDr } from './command-line.ts';
import type { TlsServer } from './tls.ts';
import { Authority, base64, emptyCluster, kubeconfigOf, serveTls } from './tls.ts';

/** What can be wrong between here and a cluster: one sentence, and the next step. */
let folder: string;
let authority: Authority;
const open: { close(): void }[] = [];
const servers: Record<string, TlsServer> = {};
let deaf: net.Server;
const deafened: net.Socket[] = [];

const status = (code: number, reason: string, message: string) =>
  JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message });
const answers: Record<string, [code: number, body: string]> = {
  401: [401, status(401, 'Unauthorized', 'Unauthorized')],
  403: [
    403,
    status(
      403,
      'Forbidden',
      'configmaps is forbidden: User "bob" cannot list resource "configmaps" in API group "" in the namespace "kubectl-dr"',
    ),
  ],
  404: [404, status(404, 'NotFound', 'the server could not find the requested resource')],
  409: [409, status(409, 'Conflict', 'the object has been modified')],
  422: [422, status(422, 'Invalid', 'labelSelector: Invalid value')],
  'forbidden by a proxy': [403, '<html>no</html>'],
  429: [429, status(429, 'TooManyRequests', 'slow down')],
  500: [500, status(500, 'InternalError', 'etcdserver: leader changed')],
  503: [503, '<html>bad gateway</html>'],
  garbage: [200, 'welcome to the hotel network'],
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-errors-'));
  authority = await Authority.open();
  const stranger = await Authority.open('CN=somebody else');
  servers.good = await serveTls(await authority.issue(), (request, response) => {
    const [code, body] = answers[decodeURIComponent(request.url!.split('/')[1]!)] ?? [200, ''];
    if (body === '') return emptyCluster(request, response);
    response.writeHead(code, { 'content-type': 'application/json' }).end(body);
  });
  servers.stranger = await serveTls(await stranger.issue(), emptyCluster);
  servers.expired = await serveTls(await authority.issue({ from: -10, to: -1 }), emptyCluster);
  servers.early = await serveTls(await authority.issue({ from: 1, to: 2 }), emptyCluster);
  servers.other = await serveTls(await authority.issue({ names: ['elsewhere.example'], ips: [] }), emptyCluster);
  servers.strict = await serveTls(await authority.issue(), emptyCluster, {
    requestCert: true,
    rejectUnauthorized: true,
    ca: authority.pem,
  });
  deaf = net.createServer((socket) => void deafened.push(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => deaf.once('listening', resolve));
  open.push(...Object.values(servers), deaf);
});
afterAll(() => {
  for (const socket of deafened) socket.destroy();
  for (const each of open) each.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The lines of stderr, with what differs from run to run masked. */
async function told(config: string, more: string[] = [], env: Record<string, string> = {}): Promise<string> {
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, config);
  const ran = await kubectlDr(['get', 'operations', ...more], { cwd: folder, kubeconfig, env });
  expect(ran.out).toBe('');
  const text = ran.err.replaceAll(folder, '~').replaceAll(/(127\.0\.0\.1|localhost|\[::1\]):\d{2,}/g, '$1:PORT');
  return `${ran.code} ${text.trimEnd().replaceAll('\n', '\n  ')}`;
}

const trusting = (server: string, more: object = {}): object => ({ server, 'certificate-authority-data': base64(authority.pem), ...more });

it('one sentence and the next step each', async () => {
  const token = { token: 'secret' };
  const good = servers.good!.url;
  const certificate = async (valid: { from: number; to: number }): Promise<object> => {
    const issued = await authority.issue({ subject: 'CN=alice', ...valid });
    return { 'client-certificate-data': base64(issued.certificate), 'client-key-data': base64(issued.key) };
  };
  const deafUrl = `https://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
  const cases: Record<string, () => Promise<string>> = {
    'dead server': () => told(kubeconfigOf({ server: 'https://127.0.0.1:1' }, token)),
    'no such host': () => told(kubeconfigOf({ server: 'https://nowhere.invalid:6443' }, token)),
    'no answer': () => told(kubeconfigOf(trusting(deafUrl), token), ['--request-timeout', '200ms']),
    'unknown authority': () => told(kubeconfigOf(trusting(servers.stranger!.url), token)),
    'expired certificate': () => told(kubeconfigOf(trusting(servers.expired!.url), token)),
    'certificate not valid yet': () => told(kubeconfigOf(trusting(servers.early!.url), token)),
    'certificate for another name': () => told(kubeconfigOf(trusting(servers.other!.url), token)),
    'http where TLS is': () => told(kubeconfigOf({ server: good.replace('https', 'http') }, token)),
    'no client certificate': () => told(kubeconfigOf(trusting(servers.strict!.url))),
    'expired client certificate': async () =>
      (await told(kubeconfigOf(trusting(servers.strict!.url), await certificate({ from: -10, to: -1 })))).replace(/\d{4}-\S+Z/, 'TIME'),
    'status 401 to an expired client certificate': async () =>
      (await told(kubeconfigOf(trusting(`${good}/401`), await certificate({ from: -10, to: -1 })))).replace(/\d{4}-\S+Z/, 'TIME'),
    'status 401': () => told(kubeconfigOf(trusting(`${good}/401`), token)),
    'status 403': () => told(kubeconfigOf(trusting(`${good}/403`), token)),
    '403 of something between': () => told(kubeconfigOf(trusting(`${good}/forbidden%20by%20a%20proxy`), token)),
    'status 404': () => told(kubeconfigOf(trusting(`${good}/404`), token)),
    'status 409': () => told(kubeconfigOf(trusting(`${good}/409`), token)),
    'status 422': () => told(kubeconfigOf(trusting(`${good}/422`), token)),
    'status 429': () => told(kubeconfigOf(trusting(`${good}/429`), token)),
    'status 500': () => told(kubeconfigOf(trusting(`${good}/500`), token)),
    '503 of something between': () => told(kubeconfigOf(trusting(`${good}/503`), token)),
    'no API server': () => told(kubeconfigOf(trusting(`${good}/garbage`), token)),
    'proxy refused': () => told(kubeconfigOf(trusting(good, { 'proxy-url': 'http://127.0.0.1:1' }), token)),
    'proxy of the environment refused': () =>
      told(kubeconfigOf({ server: 'https://api.example:6443' }, token), [], { HTTPS_PROXY: 'http://127.0.0.1:1' }),
    'proxy is no address': () => told(kubeconfigOf(trusting(good, { 'proxy-url': 'http://[' }), token)),
    'no kubeconfig': async () => await told(kubeconfigOf({}), ['--kubeconfig', 'nope']),
    'malformed kubeconfig': () => told('apiVersion: v1\nclusters: [\n  {name: x\n'),
    'kubeconfig that is none': () => told('- 1\n'),
    'missing context': () => told(kubeconfigOf(trusting(good), token), ['--context', 'esat']),
    'missing cluster': () => told(kubeconfigOf(trusting(good), token), ['--cluster', 'nope']),
    'missing user': () => told(kubeconfigOf(trusting(good), token, { user: 'nobody' })),
    'no server address': () => told(kubeconfigOf({ server: '' }, token)),
    'no current context': () => told(kubeconfigOf(trusting(good), token).replace('"current-context":"east",', '')),
    'missing authority file': () => told(kubeconfigOf({ server: good, 'certificate-authority': 'nope.crt' }, token)),
    'missing token file': () => told(kubeconfigOf(trusting(good), { tokenFile: 'nope' })),
    'credential plugin that is not installed': () =>
      told(
        kubeconfigOf(trusting(good), {
          exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin', installHint: 'install no-such-plugin' },
        }),
      ),
    'credential plugin that fails': () =>
      told(kubeconfigOf(trusting(good), { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'false' } })),
    'group without a user': () => told(kubeconfigOf(trusting(good), token), ['--as-group', 'a']),
  };
  const lines: string[] = [];
  for (const [name, tell] of Object.entries(cases)) lines.push(`${name}\n  ${await tell()}`);
  const table = lines.join('\n');
  expect(table).toMatchInlineSnapshot(`
    "dead server
      1 error: east (https://127.0.0.1:1) refused the connection
      next: is the API server running, and are host and port right?
    no such host
      1 error: east (https://nowhere.invalid:6443) cannot be found: its host name does not resolve
      next: check address and network: kubectl --context east get --raw /readyz
    no answer
      1 error: east (https://127.0.0.1:PORT) did not answer in time (list configmaps)
      next: raise --request-timeout, or check address and network: kubectl --context east get --raw /readyz
    unknown authority
      1 error: east (https://127.0.0.1:PORT) has a certificate signed by an authority that the kubeconfig does not name
      next: set certificate-authority of the cluster, or --certificate-authority
    expired certificate
      1 error: east (https://127.0.0.1:PORT) has an expired certificate
      next: renew the API server's certificate
    certificate not valid yet
      1 error: east (https://127.0.0.1:PORT) has a certificate that is not valid yet
      next: is the clock of this machine right?
    certificate for another name
      1 error: east (https://127.0.0.1:PORT) has a certificate for another name
      next: set tls-server-name of the cluster, or --tls-server-name
    http where TLS is
      1 error: east (http://127.0.0.1:PORT) closed the connection
      next: should the server address begin with https://?
    no client certificate
      1 error: east (https://127.0.0.1:PORT) wants a client certificate
      next: set client-certificate and client-key of the user in the kubeconfig
    expired client certificate
      1 error: east does not know you: the client certificate of the user "tester" expired on TIME
      next: log in again, or renew client-certificate of the user in the kubeconfig
    status 401 to an expired client certificate
      1 error: east does not know you: the client certificate of the user "tester" expired on TIME
      next: log in again, or renew client-certificate of the user in the kubeconfig
    status 401
      1 error: east does not know you: your credential is missing, wrong or expired
      next: log in again, then check with: kubectl --context east auth whoami
    status 403
      6 error: bob may not list configmaps in the namespace kubectl-dr on east
      next: somebody who may can grant it: kubectl -n kubectl-dr create role kubectl-dr-configmaps --verb=list --resource=configmaps, and bind it to bob
    403 of something between
      6 error: you may not list configmaps on east: it answered 403
      next: see what you may: kubectl --context east auth can-i --list
    status 404
      1 error: configmaps not found on east
      next: look at what there is: kubectl --context east get configmaps -A
    status 409
      1 error: configmaps on east: the object has been modified
      next: somebody changed it in the meantime: repeat the command
    status 422
      1 error: east rejected the request to list configmaps: labelSelector: Invalid value
      next: correct what it names; -v=8 shows what was sent
    status 429
      1 error: east is overloaded and asked to come back later (list configmaps)
      next: try again in a minute
    status 500
      1 error: east failed to list configmaps: etcdserver: leader changed (500)
      next: try again; if it stays, look at: kubectl --context east get --raw '/readyz?verbose'
    503 of something between
      1 error: east failed to list configmaps: it answered 503
      next: try again; if it stays, look at: kubectl --context east get --raw '/readyz?verbose'
    no API server
      1 error: east (https://127.0.0.1:PORT) does not answer as a Kubernetes API server does
      next: what is at this address? kubectl --context east get --raw /version
    proxy refused
      1 error: east (https://127.0.0.1:PORT) cannot be reached: the proxy 127.0.0.1:1 refused the connection
      next: check proxy-url of the cluster, HTTPS_PROXY and NO_PROXY
    proxy of the environment refused
      1 error: east (https://api.example:6443) cannot be reached: the proxy 127.0.0.1:1 refused the connection
      next: check proxy-url of the cluster, HTTPS_PROXY and NO_PROXY
    proxy is no address
      1 error: east (https://127.0.0.1:PORT) cannot be reached: proxy-url is not the address of a proxy: "http://["
      next: check proxy-url of the cluster, HTTPS_PROXY and NO_PROXY
    no kubeconfig
      1 error: the kubeconfig ~/nope does not exist
      next: name one that does with --kubeconfig or KUBECONFIG
    malformed kubeconfig
      1 error: the kubeconfig ~/kubeconfig is not valid YAML at line 4: Flow map in block collection must be sufficiently indented and end with a }
      next: correct the file, or name another with --kubeconfig
    kubeconfig that is none
      1 error: the kubeconfig ~/kubeconfig is not a kubeconfig: a mapping is expected at line 1
      next: name another with --kubeconfig or KUBECONFIG
    missing context
      1 error: the context "esat" does not exist in ~/kubeconfig
      next: did you mean "east"?
    missing cluster
      1 error: the cluster "nope" does not exist in ~/kubeconfig
      next: there are: east
    missing user
      1 error: the user "nobody" does not exist in ~/kubeconfig
      next: there are: tester
    no server address
      1 error: the cluster "east" has no valid server address: ""
      next: set clusters[].cluster.server to https://HOST:PORT, or --server
    no current context
      1 error: no current context is set in ~/kubeconfig
      next: choose one with --context: east
    missing authority file
      1 error: the certificate authority ~/nope.crt of the kubeconfig cannot be read
      next: correct the path, which is relative to the kubeconfig, or log in again
    missing token file
      1 error: the token ~/nope of the kubeconfig cannot be read
      next: correct the path, which is relative to the kubeconfig, or log in again
    credential plugin that is not installed
      1 error: the credential plugin "no-such-plugin" of the kubeconfig could not be started
      next: install no-such-plugin
    credential plugin that fails
      1 error: the credential plugin "false" of the kubeconfig ended with exit code 1
      next: run it by hand to see why: false
    group without a user
      1 error: a group or uid can only be impersonated together with a user
      next: add --as-user USER"
  `);
  // No case tells only what is wrong.
  for (const line of lines) expect(line.split('\n').length, line).toBe(3);
  expect(table).not.toContain('secret');
}, 60_000);
