import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../packages/sandbox/src', import.meta.url));

/** Lines with code in them: neither blank nor a comment alone. */
function codeLines(text: string): number {
  const lines = text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, '')).split('\n');
  return lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(entry.name))
  .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)))
  // Simulators play programs that are no API server, the story plays the people who used the clusters for a month.
  .filter((file) => !/^(simulators|story)[\\/]/.test(file));

/**
 * The sandbox is a stage, not a product: each behaviour is there because a client above it needs it. Whoever needs more room
 * takes out what nobody needs or moves what is a table into `data`; the number only goes down.
 */
it('the sandbox without its simulators stays small', () => {
  const lines = files.map((file) => codeLines(readFileSync(path.join(source, file), 'utf8')));
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(4260);
});
