import { BlockList, connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { settled } from './settled.ts';

/**
 * The proxy for a server by the environment, as Go reads it: HTTPS_PROXY (or HTTP_PROXY for plain http) in either case,
 * never for this machine itself, nor for what NO_PROXY lists (`*`, names with their subdomains, addresses, CIDR blocks).
 */
export function proxyFromEnvironment(server: URL, env: Record<string, string | undefined>): URL | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = env[name] || env[name.toLowerCase()];
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!proxy || host === 'localhost' || /^127\.|^::1$/.test(host)) return undefined;
  const excepted = (env.NO_PROXY || env.no_proxy || '').split(',').map((entry) => entry.trim().toLowerCase());
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (excepted.some((entry) => entry !== '' && covers(entry, host.toLowerCase(), port))) return undefined;
  return proxyOf(proxy, name);
}

/** An address with or without scheme. `where` names it when it is none. */
export function proxyOf(address: string, where: string): URL {
  const url = address.includes('://') ? address : `http://${address}`;
  if (!URL.canParse(url)) throw refused(`${where} is not the address of a proxy: "${address}"`);
  return new URL(url);
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, block, prefix] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
  if (block !== undefined) {
    if (!isIP(block) || !isIP(host)) return false;
    const list = new BlockList();
    list.addSubnet(block, Number(prefix), isIP(block) === 6 ? 'ipv6' : 'ipv4');
    return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
  }
  const [, name = entry, onlyPort] = isIP(entry) ? [] : (/^\[?(.+?)\]?(?::(\d+))?$/.exec(entry) ?? []);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const plain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${plain}`) || (host === plain && plain === name);
}

/** A connection to `host:port` through an http, https or socks5 proxy, with its user and password where the address has them. */
export async function throughProxy(proxy: URL, host: string, port: number, timeout: number): Promise<Socket> {
  const socket = await dialProxy(proxy, timeout);
  const reader = new Reader(socket, proxy, timeout);
  try {
    await (proxy.protocol.startsWith('socks5') ? askSocks(socket, reader, proxy, host, port) : askHttp(socket, reader, proxy, host, port));
  } catch (error) {
    socket.destroy();
    throw error;
  }
  reader.end();
  return socket;
}

async function dialProxy(proxy: URL, timeout: number): Promise<Socket> {
  const host = proxy.hostname.replace(/^\[(.*)\]$/, '$1');
  const ports: Record<string, number> = { 'http:': 80, 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 };
  const port = Number(proxy.port) || ports[proxy.protocol];
  if (port === undefined) throw refused(`the proxy ${proxy.host} has a scheme that is not known: ${proxy.protocol}`);
  try {
    if (proxy.protocol !== 'https:') return await settled(connect({ host, port }), 'connect', timeout);
    const { connect: connectTls } = await import('node:tls');
    return await settled(connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }) }), 'secureConnect', timeout);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ECONNREFUSED' ? 'refused the connection' : `cannot be reached: ${message || code}`;
    throw refused(`the proxy ${proxy.host} ${why}`, cause);
  }
}

async function askHttp(socket: Socket, reader: Reader, proxy: URL, host: string, port: number): Promise<void> {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const login = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64');
  const authorization = proxy.username ? `Proxy-Authorization: Basic ${login}\r\n` : '';
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`);
  const status = / (\d{3})/.exec(await reader.until('\r\n\r\n'))?.[1];
  if (status?.startsWith('2')) return;
  throw refused(
    status === '407'
      ? `the proxy ${proxy.host} wants a user and a password, or others (407)`
      : `the proxy ${proxy.host} does not connect to ${target} (it answered ${status ?? 'nothing of HTTP'})`,
  );
}

/** RFC 1928 with the login of RFC 1929. Names are resolved by the proxy. */
async function askSocks(socket: Socket, reader: Reader, proxy: URL, host: string, port: number): Promise<void> {
  const [user, password] = [proxy.username, proxy.password].map((text) => Buffer.from(decodeURIComponent(text))) as [Buffer, Buffer];
  socket.write(user.length > 0 ? Buffer.from([5, 2, 0, 2]) : Buffer.from([5, 1, 0]));
  const method = (await reader.bytes(2))[1];
  if (method === 2) {
    socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]));
    if ((await reader.bytes(2))[1] !== 0) throw refused(`the proxy ${proxy.host} does not take this user and password`);
  } else if (method !== 0) {
    throw refused(`the proxy ${proxy.host} wants a user and a password, or speaks no SOCKS5`);
  }
  const name = Buffer.from(host);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, Buffer.from([port >> 8, port & 255])]));
  const [, reply, , kind] = await reader.bytes(4);
  if (reply !== 0) throw refused(`the proxy ${proxy.host} does not connect to ${host}:${port} (SOCKS5 reply ${reply})`);
  await reader.bytes(2 + (kind === 1 ? 4 : kind === 4 ? 16 : (await reader.bytes(1))[0]!));
}

/** Reads an exact part of what the proxy says, and gives the rest back to the socket. */
class Reader {
  #buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #error: Error | undefined;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  readonly #onData = (chunk: Buffer): void => {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    this.#wake?.();
  };
  readonly #onEnd = (): void => {
    this.#error ??= refused('the proxy closed the connection');
    this.#wake?.();
  };

  constructor(socket: Socket, proxy: URL, timeout: number) {
    this.#socket = socket;
    this.#timer = setTimeout(() => {
      this.#error = refused(`the proxy ${proxy.host} did not answer in time`);
      this.#wake?.();
    }, timeout);
    socket.on('data', this.#onData).once('close', this.#onEnd).once('error', this.#onEnd);
  }

  async bytes(count: number): Promise<Buffer> {
    return this.#take(() => (this.#buffer.length >= count ? count : undefined));
  }

  async until(end: string): Promise<string> {
    const whole = (): number | undefined => {
      const at = this.#buffer.indexOf(end);
      return at < 0 ? (this.#buffer.length > 65_536 ? this.#buffer.length : undefined) : at + end.length;
    };
    return (await this.#take(whole)).toString('latin1');
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#socket.off('data', this.#onData).off('close', this.#onEnd).off('error', this.#onEnd).pause();
    if (this.#buffer.length > 0) this.#socket.unshift(this.#buffer);
  }

  async #take(enough: () => number | undefined): Promise<Buffer> {
    for (let size = enough(); ; size = enough()) {
      if (size !== undefined) {
        const taken = this.#buffer.subarray(0, size);
        this.#buffer = this.#buffer.subarray(size);
        return taken;
      }
      if (this.#error) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function refused(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: 'PROXY' });
}
