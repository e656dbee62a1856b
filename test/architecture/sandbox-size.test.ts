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
  .filter((file) => !file.startsWith('simulators'));

function total(chosen: readonly string[]): number {
  return chosen.reduce((sum, file) => sum + codeLines(readFileSync(path.join(source, file), 'utf8')), 0);
}

/**
 * The sandbox is a stage, not a product: each behaviour is there because a client above it needs it. Whoever needs more room
 * takes out what nobody needs, moves what is a table into `data`, or lowers what is above; the numbers only go down.
 */
describe('the sandbox without its simulators stays small', () => {
  const shape = /^api[\\/](schema[\\/]|(admission|prepare|validation|crd)\.ts$)/;

  it('server, doors and story', () => {
    expect(total(files.filter((file) => !shape.test(file)))).toBeLessThanOrEqual(4160);
  });

  it('what knows the shape of objects: definitions, defaults, admission, validation', () => {
    expect(total(files.filter((file) => shape.test(file)))).toBeLessThanOrEqual(1240);
  });
});
