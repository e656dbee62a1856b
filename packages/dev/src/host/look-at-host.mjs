import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openChromium } from '../../../../test/browser/chromium.ts';

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

  const browser = await openChromium();
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage();
    page.setDefaultTimeout(60_000);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    const picture = (name) => page.screenshot({ path: path.join(pictures, `${system}-${name}.png`), fullPage: true });
    try {
      await signIn(page, `${baseUrl}/catalog/default/system/shop`);
      for (const step of steps) {
        await page.goto(`${baseUrl}${step.where}`);
        await step.sees(page);
        await picture(step.name);
        say(`  ${step.told}`);
      }
      await restore(page, baseUrl);
      await picture('restored');
      say('  a restore of the warehouse was started with one press, and succeeded');
      await page.evaluate(() => localStorage.setItem('language', 'zh'));
      await page.goto(`${baseUrl}/catalog/default/system/shop/recovery`);
      await page.getByRole('button', { name: '恢复', exact: true }).waitFor();
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

/** What the README of the frontend promises, page by page. */
const steps = [
  {
    name: 'card',
    where: '/catalog/default/system/shop',
    sees: async (page) => {
      await page.getByRole('button', { name: 'Restore', exact: true }).waitFor();
      await page.getByText('Breached').first().waitFor();
    },
    told: 'the card says Breached, and offers to restore',
  },
  {
    name: 'recovery',
    where: '/catalog/default/system/shop/recovery',
    sees: (page) => page.getByRole('listbox', { name: /Recovery points of orders-db/ }).waitFor(),
    told: 'the tab shows its components, with their points',
  },
  {
    name: 'fleet',
    where: '/dr',
    sees: (page) => page.getByRole('grid').getByRole('link', { name: 'Newsletter' }).waitFor(),
    told: 'the fleet page lists the applications',
  },
  {
    name: 'policy',
    where: '/catalog/default/drpolicy/gold/policy',
    sees: (page) => page.getByRole('heading', { name: 'Who uses it' }).waitFor(),
    told: 'the page of a policy says who uses it',
  },
];

async function signIn(page, url) {
  await page.goto(url);
  const enter = page.getByRole('button', { name: 'Enter' });
  await enter
    .or(page.getByRole('heading', { name: 'Recovery' }))
    .first()
    .waitFor();
  if (await enter.isVisible()) await enter.click();
}

/** One press, and what the operation says until it is over. */
async function restore(page, baseUrl) {
  await page.goto(`${baseUrl}/catalog/default/system/warehouse`);
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Restore now' }).click();
  await dialog.getByText('Succeeded').waitFor({ timeout: 90_000 });
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
