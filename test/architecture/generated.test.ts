import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const generate = fileURLToPath(new URL('../../packages/dev/src/generate.mjs', import.meta.url));

/** What cannot be made here (the schemas lie beside the repository) is told by the command, and is no failure. */
describe('generated files', () => {
  it('are what `npm run generate` would write', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [generate, '--check']);
    expect(stdout).toContain('same    packages/core/src/engines/registry.generated.ts');
    expect(stdout).toContain('same    docs/cli.md');
    expect(stdout).not.toContain('differs');
  }, 300_000);
});
