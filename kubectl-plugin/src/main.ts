import { run } from './run.ts';
import { systemHost } from './host.ts';

const host = systemHost();
// A reader that closes the pipe early (`| head`) is not an error.
process.stdout.on('error', (error) => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
  throw error;
});
void run(process.argv.slice(2), host).then((code) => {
  process.exitCode = code;
  // Nothing that is still open, a connection or a timer, keeps the command alive; what was written is flushed before.
  setTimeout(() => process.stdout.write('', () => process.exit()), 20).unref();
});
