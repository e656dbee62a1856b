import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as x509 from '@peculiar/x509';

export interface Issued {
  certificate: string;
  key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 60 * 60 * 1000;

/** An authority that issues what a test wants to be wrong: another name, other days. */
export class Authority {
  readonly pem: string;
  readonly #keys: CryptoKeyPair;
  readonly #name: string;

  private constructor(pem: string, keys: CryptoKeyPair, name: string) {
    this.pem = pem;
    this.#keys = keys;
    this.#name = name;
  }

  static async open(name = 'CN=test authority'): Promise<Authority> {
    const keys = await generate();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name,
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 30 * day),
      notAfter: new Date(Date.now() + 30 * day),
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return new Authority(certificate.toString('pem'), keys, name);
  }

  /** `from` and `to`: days from now. */
  async issue({ subject = 'CN=server', names = ['localhost'], ips = ['127.0.0.1', '::1'], from = -1, to = 1 } = {}): Promise<Issued> {
    const keys = await generate();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: this.#name,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() + from * day),
      notAfter: new Date(Date.now() + to * day),
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          ...names.map((value) => ({ type: 'dns' as const, value })),
          ...ips.map((value) => ({ type: 'ip' as const, value })),
        ]),
      ],
    });
    const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { certificate: certificate.toString('pem'), key };
  }
}

function generate(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

export interface TlsServer {
  url: string;
  requests: IncomingMessage[];
  connections(): number;
  close(): void;
}

export async function serveTls(
  { certificate, key }: Issued,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: ServerOptions & { host?: string } = {},
): Promise<TlsServer> {
  const { host = '127.0.0.1', ...more } = options;
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createServer({ cert: certificate, key, ...more }, (request, response) => {
    requests.push(request);
    request.resume().on('end', () => answer(request, response));
  });
  server.on('secureConnection', () => (connections += 1)).on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    requests,
    connections: () => connections,
    close: () => (server.closeAllConnections(), void server.close()),
  };
}

/** An empty list to every list, and who asks to `selfsubjectreviews`. */
export function emptyCluster(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  if (request.url?.endsWith('/selfsubjectreviews'))
    return void response.end(JSON.stringify({ status: { userInfo: { username: 'tester', groups: [] } } }));
  response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1', uid: 'u1' }, items: [] }));
}

/** A kubeconfig with one context. `user` and `cluster` as they stand in the file. */
export function kubeconfigOf(cluster: object, user: object = {}, context: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'east',
    clusters: [{ name: 'east', cluster }],
    users: [{ name: 'tester', user }],
    contexts: [{ name: 'east', context: { cluster: 'east', user: 'tester', ...context } }],
  });
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
