import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openChromium } from '../../../../test/browser/chromium.ts';

const patience = 90_000;

/** Looks at a host as a newcomer does, signed in as guest; says what was seen, and throws at what was not. */
export async function lookAtHost({ baseUrl, pictures, system }) {
  const seen = [];
  mkdirSync(pictures, { recursive: true });
  const token = await tokenOfGuest(baseUrl);
  const health = await until(async () => {
    const answer = await get(`${baseUrl}/api/dr/v1/health`, token);
    if (!answer.clusters?.every(({ state }) => state === 'fresh')) throw new Error(`not every cluster is read: ${JSON.stringify(answer)}`);
    return answer;
  });
  seen.push(`  /api/dr/v1/health: ${health.clusters.map(({ name, state }) => `${name} ${state}`).join(', ')}`);
  await until(async () => {
    const entity = await get(`${baseUrl}/api/catalog/entities/by-name/system/default/shop`, token);
    if (!entity.relations?.some(({ type }) => type === 'protectedBy')) throw new Error('the shop has no relation protectedBy');
  });
  seen.push('  the catalog knows DRPolicy, and who is protected by which');

  const browser = await openChromium();
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage();
    page.setDefaultTimeout(60_000);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${baseUrl}/catalog/default/system/shop`);
    const enter = page.getByRole('button', { name: 'Enter' });
    const card = page.getByRole('button', { name: 'Restore' });
    await enter.or(card).first().waitFor();
    if (await enter.isVisible()) await enter.click();
    await page.goto(`${baseUrl}/catalog/default/system/shop`);
    await card.first().waitFor();
    await page.getByText('Breached').first().waitFor();
    await page.screenshot({ path: path.join(pictures, `${system}-card.png`) });
    seen.push('  the card says Breached, and offers to restore');
    await page.goto(`${baseUrl}/catalog/default/system/shop/recovery`);
    await page.getByText('orders-db').first().waitFor();
    await page.screenshot({ path: path.join(pictures, `${system}-recovery.png`), fullPage: true });
    seen.push('  the tab shows its components');
    await page.goto(`${baseUrl}/dr`);
    await page.getByText('newsletter').first().waitFor();
    await page.screenshot({ path: path.join(pictures, `${system}-fleet.png`) });
    seen.push('  the fleet page lists the applications');
    if (errors.length > 0) throw new Error(`the pages threw: ${errors.join('; ')}`);
  } finally {
    await browser.close();
  }
  return seen;
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
