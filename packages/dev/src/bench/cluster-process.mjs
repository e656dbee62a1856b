// A sandbox API full of finished backups, for the benchmarks. Sends the kubeconfig's path to its parent.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { serveBackups } from '../../../sandbox/src/story/backups-only.ts';

const [count, directory] = process.argv.slice(2);
const { kubeconfig, close } = await serveBackups(Number(count));
const file = path.join(directory, 'kubeconfig');
writeFileSync(file, kubeconfig);
process.send(file);
process.on('SIGTERM', async () => {
  await close();
  process.exit(0);
});
