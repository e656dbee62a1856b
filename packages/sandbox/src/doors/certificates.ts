import 'reflect-metadata';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export interface Certificates {
  /** PEM. */
  ca: string;
  certificate: string;
  key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const days = (count: number): number => count * 24 * 60 * 60 * 1000;

/**
 * A CA of its own and a serving certificate for this machine's loopback names. With a folder they are kept there and
 * used again, so that a kubeconfig written earlier stays valid; expired ones are replaced.
 */
export async function certificates(folder?: string): Promise<Certificates> {
  const kept = folder === undefined ? undefined : await read(folder);
  if (kept !== undefined) return kept;
  const made = await make();
  if (folder === undefined) return made;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files(made))) await writeFile(join(folder, name), text, { mode: 0o600 });
  return made;
}

function files({ ca, certificate, key }: Certificates): Record<string, string> {
  return { 'ca.crt': ca, 'server.crt': certificate, 'server.key': key };
}

async function read(folder: string): Promise<Certificates | undefined> {
  try {
    const [ca, certificate, key] = await Promise.all(
      ['ca.crt', 'server.crt', 'server.key'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    if (ca === undefined || certificate === undefined || key === undefined) return undefined;
    const ends = new x509.X509Certificate(certificate).notAfter.getTime();
    return ends > Date.now() + days(1) ? { ca, certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

async function make(): Promise<Certificates> {
  const generate = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  const [authority, server] = [await generate(), await generate()];
  const issuer = 'CN=kubectl-dr sandbox CA';
  const issue = async (subject: string, { publicKey }: CryptoKeyPair, extensions: x509.Extension[]): Promise<string> => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer,
      notBefore: new Date(Date.now() - days(1)),
      notAfter: new Date(Date.now() + days(3650)),
      signingAlgorithm: algorithm,
      publicKey,
      signingKey: authority.privateKey,
      extensions,
    });
    return certificate.toString('pem');
  };
  const ca = await issue(issuer, authority, [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ]);
  const certificate = await issue('CN=kubectl-dr sandbox', server, [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ]),
  ]);
  return { ca, certificate, key: x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', server.privateKey), 'PRIVATE KEY') };
}

/** Positive, as X.509 wants it: the first bit is none. */
function serial(): string {
  return `4${crypto.randomUUID().replaceAll('-', '').slice(1)}`;
}
