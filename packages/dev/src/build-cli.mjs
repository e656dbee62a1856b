// npm run build:cli: the bundled, executable kubectl-plugin/dist/kubectl-dr.cjs.
import path from 'node:path';
import { inNode24, root } from './install.mjs';

await inNode24(import.meta.url);

const { bundleCli } = await import('./bundle.mjs');
const { entry, files, bytes } = await bundleCli(path.join(root, 'kubectl-plugin/dist'));
console.log(`${path.relative(root, entry)}: ${files} files, ${(bytes / 1024).toFixed(0)} kB`);
