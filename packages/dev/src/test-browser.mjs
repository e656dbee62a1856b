// The portal in a real browser: builds the app, then sandbox, backend and the system's Chromium. Without a Chromium every
// test is skipped, with that reason. Arguments go to vitest: npm run test:browser -- rights
//   BROWSER_NO_BUILD=1   takes packages/app/dist as it is
import { existsSync } from 'node:fs';
import path from 'node:path';
import { inNode24, root, run } from './install.mjs';

await inNode24(import.meta.url);

const { findChromium } = await import('../../../test/browser/chromium.ts');
const built = existsSync(path.join(root, 'packages/app/dist/index.html'));
if (findChromium() !== undefined && !(built && process.env.BROWSER_NO_BUILD)) {
  process.stderr.write('Building the app\n');
  const cli = path.join(root, 'node_modules/@backstage/cli/bin/backstage-cli');
  await run(process.execPath, [cli, 'package', 'build', '--config', '../../app-config.yaml'], {
    cwd: path.join(root, 'packages/app'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const vitest = [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '-c', path.join(root, 'packages/dev/vitest.browser.config.mts')];
await run(process.execPath, [...vitest, ...process.argv.slice(2)]).catch(() => (process.exitCode = 1));
