/** Must be the users that the backend's auth provider `example` knows; see packages/backend/README.md. */
export const demoUsers = [
  {
    name: 'alice',
    title: 'Alice',
    role: 'owner of shop (team-shop)',
    sentence: 'Sees her own application, and can bring it back beside the running one.',
  },
  {
    name: 'bob',
    title: 'Bob',
    role: 'member of another team',
    sentence: 'Sees how shop is protected, but may not touch it.',
  },
  {
    name: 'olivia',
    title: 'Olivia',
    role: 'platform operator',
    sentence: 'Sees the whole fleet: which service is not safe, and why.',
  },
] as const;

const cookie = 'dr-demo-user';

export function readChosenUser(): string | undefined {
  const found = document.cookie
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key]) => key === cookie);
  return found?.[1] ? decodeURIComponent(found[1]) : undefined;
}

/** The backend on the same host reads it; cookies do not tell ports apart. */
export function chooseUser(name: string): void {
  document.cookie = `${cookie}=${encodeURIComponent(name)}; path=/; SameSite=Lax`;
}

export function forgetUser(): void {
  document.cookie = `${cookie}=; path=/; SameSite=Lax; Max-Age=0`;
}
