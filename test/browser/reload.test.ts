import { HttpCluster, loadKubeConfig, resolveContext } from '@kubectl-dr/kubernetes';
import type { Page } from 'playwright-core';
import { inChromium, mishaps, portal, type Visit, visitors } from './visitor.ts';

const recovery = '/catalog/default/system/warehouse/recovery';

/** Velero's own records of what was begun: what it restores into `namespace`, asked of the cluster. */
async function restoresInto(namespace: string): Promise<number> {
  const config = resolveContext(await loadKubeConfig({ env: {}, file: portal().kubeconfig }), { context: 'east' });
  const restores = { group: 'velero.io', version: 'v1', resource: 'restores', kind: 'Restore', namespaced: true };
  const { items } = await new HttpCluster({ config }).list(restores);
  return items.filter((item) => Object.values((item.spec as { namespaceMapping?: object }).namespaceMapping ?? {}).includes(namespace))
    .length;
}

/** What the page asks to be begun from now on: plans executed, operations moved by hand. */
function begun(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() === 'POST' && /\/api\/dr\/v1\/operations(\/|$)/.test(pathname)) asked.push(pathname);
  });
  return asked;
}

async function planned(page: Page, namespace: string) {
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Into the namespace').fill(namespace);
  await dialog.getByText(new RegExp(String.raw`created in ${namespace} \(east\)`)).waitFor();
  return dialog;
}

/** Pages also list what succeeded before: the portal is asked about this operation, then the page is looked at. */
async function untilSucceeded(page: Page, api: Visit['api'], id: string): Promise<void> {
  await vi.waitFor(async () => expect((await api('GET', `/operations/${id}`)).body.status.state).toBe('Succeeded'), {
    timeout: 90_000,
    interval: 500,
  });
  await page.getByText('Succeeded', { exact: true }).first().waitFor();
}

inChromium('a page that is loaded anew in the middle of an operation', () => {
  const { as } = visitors();
  afterEach(() => mishaps());

  /** Each Restore takes this long to be accepted: time for a person to reload. */
  const slowly = () => mishaps({ east: [{ method: 'POST', path: '/restores', delay: 6_000 }] });

  it('comes back to the operation by itself, also twice, goes on to its end, and nothing is begun a second time', async () => {
    const { page, api } = await as('alice', recovery);
    const dialog = await planned(page, 'loaded-anew');
    await slowly();
    await dialog.getByRole('button', { name: 'Restore now' }).click();
    await dialog.getByText('Running', { exact: true }).first().waitFor();
    const id = new URL(page.url()).searchParams.get('operation')!;
    const asked = begun(page);

    for (const _ of ['once', 'twice']) {
      await page.reload();
      // Nothing was pressed; what is shown is this operation, and it has not ended meanwhile.
      await page.getByText('Running', { exact: true }).first().waitFor();
      expect(new URL(page.url()).searchParams.get('operation')).toBe(id);
    }
    await untilSucceeded(page, api, id);
    expect(asked).toEqual([]);

    const { body } = await api('GET', '/operations?application=warehouse');
    const into = body.items.filter((operation: any) =>
      operation.spec.target.some(({ namespaces }: any) => namespaces.includes('loaded-anew')),
    );
    expect(into.map((operation: any) => operation.metadata.name)).toEqual([id]);
    const steps = into[0].spec.waves.flat().filter((step: any) => step.action.kind === 'engine.restore').length;
    expect(await restoresInto('loaded-anew')).toBe(steps);
  });

  it('does not lose what was pressed just before: its answer never came, and the operation is found without being begun again', async () => {
    const { page, api } = await as('alice', recovery);
    const dialog = await planned(page, 'no-answer');
    // The request reaches the portal, and the page is gone before the answer reaches it.
    let reached = () => {};
    const arrived = new Promise<void>((resolve) => (reached = resolve));
    await page.route('**/api/dr/v1/operations', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      const answer = await route.fetch();
      expect(answer.status()).toBe(202);
      reached();
    });
    await slowly();
    await dialog.getByRole('button', { name: 'Restore now' }).click();
    await arrived;
    expect(new URL(page.url()).searchParams.get('operation')).toBeNull();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const asked = begun(page);
    await page.reload();
    const listed = page.getByText('Restore of warehouse into no-answer');
    await listed.waitFor();
    await listed.click();
    await page.waitForURL(/operation=/);
    await untilSucceeded(page, api, new URL(page.url()).searchParams.get('operation')!);
    expect(asked).toEqual([]);
    const { body } = await api('GET', '/operations?application=warehouse');
    expect(body.items.filter((operation: any) => JSON.stringify(operation.spec.target).includes('"no-answer"'))).toHaveLength(1);
  });
});
