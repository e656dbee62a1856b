import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { AuthenticationError, NotAllowedError } from '@backstage/errors';
import type { SignInResolver } from '@backstage/plugin-auth-node';
import { authProvidersExtensionPoint, createProxyAuthProviderFactory, createProxyAuthenticator } from '@backstage/plugin-auth-node';

/** Set by the sign-in page of packages/app. */
const cookieName = 'dr-demo-user';
/** A portal that has just started has an empty catalog for some seconds, milliseconds. */
const patience = 20_000;

interface Chosen {
  user: string;
}

/** Takes whoever the browser says it is: only for looking at the portal with the eyes of several people. */
const authenticator = createProxyAuthenticator({
  defaultProfileTransform: async ({ user }: Chosen) => ({ profile: { displayName: user } }),
  initialize: ({ config }) =>
    process.env.NODE_ENV === 'development' || config.getOptionalBoolean('dangerouslyAllowOutsideDevelopment') === true,
  async authenticate({ req }, enabled: boolean) {
    if (!enabled) {
      throw new NotAllowedError(
        'Choosing a user works in development only (NODE_ENV), or with auth.providers.example.dangerouslyAllowOutsideDevelopment',
      );
    }
    const user = cookieOf(req.headers.cookie, cookieName);
    if (user === undefined) throw new AuthenticationError(`No user was chosen: the cookie ${cookieName} is missing`);
    return { result: { user } };
  },
});

const signInResolver: SignInResolver<Chosen> = async ({ result: { user } }, context) => {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await context.signInWithCatalogUser({ entityRef: { name: user } });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'NotFoundError') throw error;
      if (process.uptime() * 1000 > 2 * patience || Date.now() > end)
        throw new AuthenticationError(`The catalog has no user "${user}"`, error);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
};

function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((part) => part.trim().split('='));
  const value = pairs.find(([key]) => key === name)?.[1];
  try {
    return value ? decodeURIComponent(value) : undefined;
  } catch {
    return undefined;
  }
}

export const exampleAuthProvider = createBackendModule({
  pluginId: 'auth',
  moduleId: 'example-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint, logger: coreServices.logger },
      async init({ providers, logger }) {
        providers.registerProvider({ providerId: 'example', factory: createProxyAuthProviderFactory({ authenticator, signInResolver }) });
        logger.debug('Anybody can sign in as any user of the catalog (auth provider "example")');
      },
    });
  },
});
