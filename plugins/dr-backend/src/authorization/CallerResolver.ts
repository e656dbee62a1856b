import type { AuthService, BackstageCredentials, UserInfoService } from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { fromHost } from './fromHost.ts';

/** Who asks. */
export interface PortalCaller {
  credentials: BackstageCredentials;
  /** Entity reference of a user; subject of a service. */
  name: string;
  /** The user, their groups, and the groups above those: whatever these own, the caller owns. */
  refs: ReadonlySet<string>;
  /** A person, and no service. */
  user: boolean;
  /** One of `dr.authorization.operators`. */
  operator: boolean;
}

export interface CallerResolverOptions {
  auth: AuthService;
  userInfo: UserInfoService;
  /** Groups above the given ones. */
  ancestors(groups: Iterable<string>): string[];
  operators: ReadonlySet<string>;
  clock: Clock;
}

/** The user info service asks the auth plugin over HTTP each time: its answer is kept for as long as this, milliseconds. */
const remembered = 15_000;

export class CallerResolver {
  private readonly options: CallerResolverOptions;
  private readonly known = new Map<string, { refs: Promise<string[]>; at: number }>();

  constructor(options: CallerResolverOptions) {
    this.options = options;
  }

  async resolve(credentials: BackstageCredentials): Promise<PortalCaller> {
    const { auth, ancestors, operators } = this.options;
    if (auth.isPrincipal(credentials, 'user')) {
      const name = credentials.principal.userEntityRef.toLowerCase();
      const own = new Set([name, ...(await this.ownership(name, credentials))]);
      const refs = new Set([...own, ...ancestors(own)]);
      return { credentials, name, refs, user: true, operator: [...operators].some((ref) => refs.has(ref)) };
    }
    if (auth.isPrincipal(credentials, 'service')) {
      return { credentials, name: credentials.principal.subject, refs: new Set(), user: false, operator: false };
    }
    throw new AuthenticationError('Nobody is signed in', { hint: 'Sign in, or send a token.' });
  }

  private async ownership(name: string, credentials: BackstageCredentials): Promise<string[]> {
    const now = this.options.clock.now().getTime();
    for (const [key, { at }] of this.known) if (now - at > remembered) this.known.delete(key);
    let entry = this.known.get(name);
    if (!entry) {
      const refs = fromHost('The sign-in', this.options.userInfo.getUserInfo(credentials)).then(({ ownershipEntityRefs }) =>
        ownershipEntityRefs.map((ref) => ref.toLowerCase()),
      );
      entry = { refs, at: now };
      this.known.set(name, entry);
      refs.catch(() => this.known.delete(name));
    }
    return entry.refs;
  }
}
