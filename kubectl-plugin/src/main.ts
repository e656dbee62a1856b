import { run } from './run.ts';
import { systemHost } from './host.ts';
import { flushed } from './stdout.ts';

const host = systemHost();
void run(process.argv.slice(2), host).then((code) => {
  process.exitCode = code;
  // Nothing that is still open, a connection or a timer, keeps the command alive; what was written is flushed before.
  setTimeout(() => flushed(() => process.exit()), 20).unref();
});
