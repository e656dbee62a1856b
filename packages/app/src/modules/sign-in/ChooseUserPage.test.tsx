import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import type { IdentityApi } from '@backstage/frontend-plugin-api';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { parseAllDocuments } from 'yaml';
import { ChooseUserPage } from './ChooseUserPage.tsx';
import { demoUsers, forgetUser, readChosenUser } from './demoUsers.ts';

const refresh = 'http://portal.example/api/auth/example/refresh';
const organisation = path.join(import.meta.dirname, '../../../../sandbox/catalog/organisation.yaml');

/** A token as the backend issues it, as far as the page looks at it. */
function tokenFor(user: string): string {
  const part = (value: object) => btoa(JSON.stringify(value));
  const seconds = Math.floor(Date.now() / 1000);
  return [part({ alg: 'none' }), part({ sub: `user:default/${user}`, iat: seconds, exp: seconds + 3600 }), ''].join('.');
}
const session = (user: string) => ({
  profile: { displayName: user },
  providerInfo: {},
  backstageIdentity: {
    token: tokenFor(user),
    expiresInSeconds: 3600,
    identity: { type: 'user', userEntityRef: `user:default/${user}`, ownershipEntityRefs: [`user:default/${user}`] },
  },
});

describe('choosing who to be', () => {
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => {
    server.resetHandlers();
    forgetUser();
  });
  afterAll(() => server.close());

  const render = () => {
    const signedIn: IdentityApi[] = [];
    renderInTestApp(<ChooseUserPage onSignInSuccess={(identity) => void signedIn.push(identity)} />, {
      apis: [mockApis.discovery({ baseUrl: 'http://portal.example' })],
    });
    return signedIn;
  };

  it('offers users that the example organisation has', () => {
    const known = parseAllDocuments(readFileSync(organisation, 'utf8')).map(
      (document) => document.toJS() as { kind: string; metadata: { name: string } },
    );
    const names = known.filter(({ kind }) => kind === 'User').map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(demoUsers.map(({ name }) => name)));
  });

  it('signs in as whoever is chosen, and remembers it until signing out', async () => {
    server.use(http.get(refresh, () => HttpResponse.json(session('bob'))));
    const signedIn = render();
    await userEvent.click(await screen.findByRole('button', { name: 'Continue as Bob' }));
    await waitFor(() => expect(signedIn).toHaveLength(1));
    expect(readChosenUser()).toBe('bob');
    expect(await signedIn[0]!.getBackstageIdentity()).toMatchObject({ userEntityRef: 'user:default/bob' });
    await signedIn[0]!.signOut();
    expect(readChosenUser()).toBeUndefined();
  });

  it('says what is wrong when the backend does not let one in, and lets one choose again', async () => {
    let answers = 0;
    server.use(
      http.get(refresh, () =>
        (answers += 1) === 1
          ? HttpResponse.json({ error: { name: 'AuthenticationError', message: 'The catalog has no user "alice"' } }, { status: 401 })
          : HttpResponse.json(session('alice')),
      ),
    );
    const signedIn = render();
    await userEvent.click(await screen.findByRole('button', { name: 'Continue as Alice' }));
    expect(await screen.findByText('Signing in did not work')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Continue as Alice' }));
    await waitFor(() => expect(signedIn).toHaveLength(1));
  });
});
