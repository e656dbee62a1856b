import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { User } from './authentication.ts';
import { at, textsAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import { Checks } from './schema/checks.ts';
import type { Store } from './store.ts';
import { wholeSeconds } from './writer.ts';

interface Issued {
  account: { namespace: string; name: string; uid: string };
  id: string;
  expires: number;
}

const shortest = 10 * 60;
const usual = 60 * 60;

/** Tokens that `serviceaccounts/NAME/token` gives out: valid for a time, and as long as the account is there. */
export class ServiceAccountTokens {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #issued = new Map<string, Issued>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The TokenRequest with its answer. */
  issue({ metadata }: KubeObject, request: JsonRecord): JsonRecord {
    const { namespace = '', name, uid = '' } = metadata;
    const asked = at(request, 'spec', 'expirationSeconds');
    const seconds = typeof asked === 'number' ? asked : usual;
    const checks = new Checks();
    if (seconds < shortest) checks.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes');
    checks.refuse({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '');
    const expires = this.#clock.now().getTime() + seconds * 1000;
    const id = crypto.randomUUID();
    const claims = { sub: usernameOf(namespace, name), exp: Math.floor(expires / 1000), jti: id };
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const token = [JSON.stringify({ alg: 'none', typ: 'JWT' }), JSON.stringify(claims), secret]
      .map((part) => Buffer.from(part as string).toString('base64url'))
      .join('.');
    this.#issued.set(token, { account: { namespace, name, uid }, id, expires });
    const audiences = textsAt(request, 'spec', 'audiences');
    return {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: wholeSeconds(this.#clock.now()) },
      spec: { audiences: audiences.length > 0 ? audiences : ['https://kubernetes.default.svc'], expirationSeconds: seconds },
      status: { token, expirationTimestamp: wholeSeconds(new Date(expires)) },
    };
  }

  /** Whose token it is; undefined when it is none, or not valid any more. */
  userOf(token: string): User | undefined {
    const issued = this.#issued.get(token);
    if (issued === undefined || issued.expires <= this.#clock.now().getTime()) return undefined;
    const { namespace, name, uid } = issued.account;
    if (this.#store.get('serviceaccounts', namespace, name)?.metadata.uid !== uid) return undefined;
    return {
      username: usernameOf(namespace, name),
      uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${issued.id}`] },
    };
  }
}

function usernameOf(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
