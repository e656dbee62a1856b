import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';

/** Machines: another plugin, a token for reading only, and one that may do nothing of ours. */
const machines: Record<string, BackstageCredentials> = {
  service: mockCredentials.service('plugin:scaffolder'),
  reader: mockCredentials.service('external:reader', { permissionNames: ['dr.application.read'] }),
  stranger: mockCredentials.service('external:stranger', { permissionNames: ['catalog.entity.read'] }),
};

/** People as usual, and these machines by `Bearer machine-NAME`. */
export const httpAuth = createServiceFactory({
  service: coreServices.httpAuth,
  deps: {},
  factory: () => {
    const people = mockServices.httpAuth({ pluginId: 'dr' });
    return {
      credentials: async (asked, options) => {
        const machine = machines[String(asked.headers.authorization).replace(/^Bearer machine-/, '')];
        return (machine ?? (await people.credentials(asked, options))) as never;
      },
      issueUserCookie: (response) => people.issueUserCookie(response),
    };
  },
});

/** Everybody there is, in the order of the tables. */
export const callers = ['nobody', 'guest', 'alice', 'carol', 'bob', 'olivia', ...Object.keys(machines)];

export function headerOf(who: string): string {
  if (who === 'nobody') return mockCredentials.none.header();
  if (who in machines) return `Bearer machine-${who}`;
  return mockCredentials.user.header(who === 'guest' ? 'user:development/guest' : `user:default/${who}`);
}
