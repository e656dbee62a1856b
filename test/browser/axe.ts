import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds on the page as it is painted, one line each. Left out, because they are Backstage's: its sidebar and
 * page header (a heading outside any landmark), and the nodes with which react-aria speaks to screen readers, of which it
 * leaves empty ones behind for some seconds.
 */
export async function violations(page: Page): Promise<string[]> {
  // Not as a script of the page: its content security policy forbids that.
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const result = await axe.run(
      { exclude: ['nav[aria-label="sidebar nav"]', '[data-testid="mobile-sidebar-root"]', '.bui-PluginHeader', '[role="log"]'] },
      { resultTypes: ['violations'] },
    );
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`),
    );
  });
}
