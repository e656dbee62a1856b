import type { JsonRecord } from './json.ts';
import { ApiError, unauthorized } from './status.ts';

export interface User {
  username: string;
  groups: string[];
  uid?: string;
  extra?: Record<string, string[]>;
}

export type Tokens = Record<string, { username: string; groups?: string[]; uid?: string }>;

const everybody = 'system:authenticated';

export const administrator: User = { username: 'kubernetes-admin', groups: ['system:masters', everybody] };

/** Who sends a request: the owner of its bearer token. `open`: who sends none is the administrator. */
export function authenticate(request: Request, open: boolean, userOf: (token: string) => User | undefined): User {
  const header = request.headers.get('authorization');
  const token = header === null ? undefined : /^Bearer\s+(.+)$/i.exec(header)?.[1]?.trim();
  const user = token === undefined ? undefined : userOf(token);
  if (user !== undefined) return user;
  if (open) return administrator;
  if (header !== null) throw unauthorized();
  return { username: 'system:anonymous', groups: ['system:unauthenticated'] };
}

export function lookUp(token: string, tokens: Tokens): User | undefined {
  if (!Object.hasOwn(tokens, token)) return undefined;
  const { username, groups = [], uid } = tokens[token]!;
  return { username, groups: [...new Set([...groups, everybody])], ...(uid === undefined ? {} : { uid }) };
}

/** What `Impersonate-*` headers ask for, and what one needs to be allowed for it. */
export interface Impersonation {
  user: User;
  needs: { resource: string; name: string; group: string }[];
}

export function impersonation(headers: Headers): Impersonation | undefined {
  const username = headers.get('impersonate-user') ?? '';
  const groups = (headers.get('impersonate-group') ?? '').split(', ').filter((group) => group !== '');
  const uid = headers.get('impersonate-uid') ?? '';
  if (username === '') {
    if (groups.length === 0 && uid === '') return undefined;
    throw new ApiError(
      500,
      'InternalError',
      'Internal error occurred: requested impersonation of a group, uid or extra without impersonating a user',
    );
  }
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  const implied = namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const anonymous = username === 'system:anonymous';
  return {
    user: {
      username,
      groups: [...new Set([...(groups.length > 0 ? groups : implied), anonymous ? 'system:unauthenticated' : everybody])],
      ...(uid === '' ? {} : { uid }),
    },
    needs: [
      account === undefined ? { resource: 'users', name: username, group: '' } : { resource: 'serviceaccounts', name: account, group: '' },
      ...groups.map((name) => ({ resource: 'groups', name, group: '' })),
      ...(uid === '' ? [] : [{ resource: 'uids', name: uid, group: 'authentication.k8s.io' }]),
    ],
  };
}

/** As the review kinds of authentication.k8s.io tell a user. */
export function userInfo({ username, uid, groups, extra }: User): JsonRecord {
  return { username, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) };
}
