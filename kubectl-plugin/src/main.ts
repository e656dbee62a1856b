import { run } from './run.ts';
import { systemHost } from './host.ts';

const host = systemHost();
// A reader that closes the pipe early (`| head`) is not an error.
process.stdout.on('error', (error) => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await run(process.argv.slice(2), host);
// Sockets kept alive for the next request must not keep the command alive.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
