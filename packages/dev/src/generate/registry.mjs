// The registry of engines is the list of their folders: adding one touches nothing else.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';

const folder = path.join(root, 'packages/core/src/engines');

export const registry = {
  file: path.join(folder, 'registry.generated.ts'),
  missing: () => undefined,
  make() {
    const ids = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      // Velero first: where nobody says which engine is preferred, the order of the registry decides.
      .sort((a, b) => Number(b === 'velero') - Number(a === 'velero') || a.localeCompare(b));
    return `// Generated from the folders beside this file by \`npm run generate\`.
import type { Engine } from '../ports/engine.ts';
${ids.map((id) => `import { engine as ${id} } from './${id}/index.ts';`).join('\n')}

export const engines: readonly Engine[] = [${ids.join(', ')}];
`;
  },
};
