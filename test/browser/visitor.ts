import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpCluster, loadKubeConfig, resolveContext } from '@kubectl-dr/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { inject } from 'vitest';
import { kubectlDr, type Ran } from '../e2e/command-line.ts';
import { openChromium } from './chromium.ts';
import type { Mishaps } from './mishaps.ts';
import type { Portal } from './portal.ts';

const pictures = fileURLToPath(new URL('../../test-results/browser', import.meta.url));
/** Of the READMEs: written anew only when that is asked for, since ages and names differ from run to run. */
const images = process.env.README_PICTURES ? fileURLToPath(new URL('../../docs/images', import.meta.url)) : pictures;

export type User = 'alice' | 'bob' | 'olivia';

export interface Visit {
  page: Page;
  /** The API as this user's browser would call it. */
  api(method: 'GET' | 'POST', path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: any }>;
  /** For whoever looks at a failure, and for the READMEs (`README_PICTURES=1` writes those into docs/images). */
  picture(name: string, options?: { fullPage?: boolean; readme?: boolean }): Promise<void>;
}

/** How the browser of a visitor is set. `narrow`: a telephone held upright. */
export interface Looks {
  dark?: boolean;
  narrow?: boolean;
  language?: string;
}

/** `describe`, but skipped with the reason where there is no Chromium. */
export const inChromium = (name: string, tests: () => void): void => {
  if (inject('portal')) describe(name, tests);
  else describe.skip(`${name} (skipped: no Chromium; install it, or name it in CHROMIUM)`, tests);
};

export const portal = () => inject('portal')!;

/** One browser per file; a context, with its own cookies, per visit. `at`: the portal of a file that has one of its own. */
export function visitors(at: () => Portal = portal) {
  let browser: Browser;
  const open: BrowserContext[] = [];
  const thrown: string[] = [];
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterEach(async ({ task }) => {
    const failed = task.result?.state === 'fail';
    for (const [index, page] of open.flatMap((context) => context.pages()).entries())
      if (failed)
        await page.screenshot({ path: path.join(pictures, `failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}-${index}.png`) });
    for (const context of open.splice(0)) await context.close();
    expect(thrown.splice(0)).toEqual([]);
  });
  afterAll(() => browser.close());

  const context = async (options: Looks = {}): Promise<BrowserContext> => {
    const made = await browser.newContext({
      viewport: options.narrow ? { width: 390, height: 844 } : { width: 1440, height: 1000 },
      colorScheme: options.dark ? 'dark' : 'light',
      locale: 'en-GB',
      timezoneId: 'Etc/UTC',
      reducedMotion: 'reduce',
    });
    if (options.language) await made.addInitScript((language) => localStorage.setItem('language', language), options.language);
    made.setDefaultTimeout(20_000);
    open.push(made);
    return made;
  };
  const visit = async (made: BrowserContext): Promise<Visit> => {
    const page = await made.newPage();
    page.on('pageerror', (error) => thrown.push(error.message));
    return {
      page,
      api: async (method, url, body, headers = {}) => {
        const token = await tokenOf(page, at());
        const response = await fetch(`${at().baseUrl}/api/dr/v1${url}`, {
          method,
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return { status: response.status, body: await response.json() };
      },
      picture: async (name, { readme = false, ...options } = {}) =>
        void (await page.screenshot({ path: path.join(readme ? images : pictures, `${name}.png`), ...options })),
    };
  };
  return {
    /** Nobody yet: the sign-in page. */
    stranger: async () => visit(await context()),
    /** Somebody who has chosen who to be, on a page. */
    as: async (user: User, url: string, options?: Looks): Promise<Visit> => {
      const made = await context(options);
      await made.addCookies([{ name: 'dr-demo-user', value: user, url: at().baseUrl }]);
      const visitor = await visit(made);
      await visitor.page.goto(`${at().baseUrl}${url}`);
      return visitor;
    },
  };
}

/** What the app itself holds: asked for with the user's cookie, as the sign-in page does. */
async function tokenOf(page: Page, { baseUrl }: Portal): Promise<string> {
  const response = await page.request.get(`${baseUrl}/api/auth/example/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  const { backstageIdentity } = (await response.json()) as { backstageIdentity: { token: string } };
  return backstageIdentity.token;
}

/** Names of the namespaces of a cluster, asked of the cluster itself. */
export async function namespaces(cluster: 'east' | 'west', { kubeconfig: file } = portal()): Promise<string[]> {
  const kubeconfig = await loadKubeConfig({ env: {}, file });
  const client = new HttpCluster({ config: resolveContext(kubeconfig, { context: cluster }) });
  const { items } = await client.list(types.namespaces);
  return items.map(({ metadata }) => metadata.name!);
}

/** What is wrong with the clusters from now on; nothing, without an argument. */
export async function mishaps(what: Mishaps = {}): Promise<void> {
  const answer = await fetch(portal().mishaps, { method: 'POST', body: JSON.stringify(what) });
  expect(answer.status).toBe(204);
}

/** `kubectl dr` in another process than the portal's, with the same clusters and catalog. */
export const command = (line: string): Promise<Ran> => kubectlDr(line, { cwd: portal().directory });
