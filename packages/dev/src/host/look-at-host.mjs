import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openChromium } from '../../../../test/browser/chromium.ts';
import { lookAtActions } from './look-at-actions.mjs';

const patience = 90_000;

/** Looks at a host as a newcomer does, signed in as guest; says what it sees, and throws at what it does not. */
export async function lookAtHost({ baseUrl, pictures, system, say }) {
  mkdirSync(pictures, { recursive: true });
  const token = await tokenOfGuest(baseUrl);
  const health = await until(async () => {
    const answer = await get(`${baseUrl}/api/dr/v1/health`, token);
    if (!answer.clusters?.every(({ state }) => state === 'fresh')) throw new Error(`not every cluster is read: ${JSON.stringify(answer)}`);
    return answer;
  });
  say(`  /api/dr/v1/health: ${health.clusters.map(({ name, state }) => `${name} ${state}`).join(', ')}`);
  await until(async () => {
    const entity = await get(`${baseUrl}/api/catalog/entities/by-name/system/default/shop`, token);
    if (!entity.relations?.some(({ type }) => type === 'protectedBy')) throw new Error('the shop has no relation protectedBy');
  });
  say('  the catalog knows DRPolicy, and who is protected by which');
  const ask = (method, url, body, headers = {}) =>
    fetch(`${baseUrl}${url}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
  for (const line of await lookAtActions({ ask, until })) say(line);

  const browser = await openChromium();
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage();
    page.setDefaultTimeout(60_000);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    const picture = (name) => page.screenshot({ path: path.join(pictures, `${system}-${name}.png`), fullPage: true });
    try {
      for (const step of steps) {
        await visit(page, `${baseUrl}${step.where}`, step.shows(page));
        await picture(step.name);
        say(`  ${step.told}`);
      }
      await restore(page, baseUrl);
      await picture('restored');
      say('  a restore of the warehouse was started with one press, and succeeded');
      await page.evaluate(() => localStorage.setItem('language', 'zh'));
      await visit(page, `${baseUrl}/catalog/default/system/shop/recovery`, page.getByRole('button', { name: '恢复', exact: true }));
      await picture('zh');
      say('  and all of it in 中文');
    } catch (error) {
      await picture('failed');
      throw new Error(`${error.message}\n(what was on the page: ${path.join(pictures, `${system}-failed.png`)})`, { cause: error });
    }
    if (errors.length > 0) throw new Error(`the pages threw: ${errors.join('; ')}`);
  } finally {
    await browser.close();
  }
}

/** What the README of the frontend promises, page by page: what has to be there. */
const steps = [
  {
    name: 'card',
    where: '/catalog/default/system/shop',
    shows: (page) => page.getByRole('article').filter({ hasText: 'Breached' }).getByRole('button', { name: 'Restore', exact: true }),
    told: 'the card says Breached, and offers to restore',
  },
  {
    name: 'recovery',
    where: '/catalog/default/system/shop/recovery',
    shows: (page) => page.getByRole('listbox', { name: /Recovery points of orders-db/ }),
    told: 'the tab shows its components, with their points',
  },
  {
    name: 'component',
    where: '/catalog/default/resource/orders-db/recovery',
    shows: (page) => page.getByRole('listbox', { name: /Recovery points of orders-db/ }),
    told: 'the tab of a component as well',
  },
  {
    name: 'fleet',
    where: '/dr',
    shows: (page) => page.getByRole('grid').getByRole('link', { name: 'Newsletter' }),
    told: 'the fleet page lists the applications',
  },
  {
    name: 'policy',
    where: '/catalog/default/drpolicy/gold/policy',
    shows: (page) => page.getByRole('heading', { name: 'Who uses it' }),
    told: 'the page of a policy says who uses it',
  },
];

/** Goes there, signs in where the app asks for that (an app may forget with every load), and waits for what it has to show. */
async function visit(page, url, shown) {
  await page.goto(url);
  const enter = page.getByRole('button', { name: 'Enter' });
  await enter.or(shown).first().waitFor();
  if (await enter.isVisible()) await enter.click();
  await shown.waitFor();
}

/** One press, and what the operation says until it is over. */
async function restore(page, baseUrl) {
  const button = page.getByRole('button', { name: 'Restore', exact: true });
  await visit(page, `${baseUrl}/catalog/default/system/warehouse`, button);
  await button.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Restore now' }).click();
  await dialog.getByText('Succeeded').first().waitFor({ timeout: 90_000 });
}

async function tokenOfGuest(baseUrl) {
  return until(async () => {
    const { backstageIdentity } = await get(`${baseUrl}/api/auth/guest/refresh`);
    return backstageIdentity.token;
  });
}

async function get(url, token) {
  const headers = { 'x-requested-with': 'XMLHttpRequest', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function until(what) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await what();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
