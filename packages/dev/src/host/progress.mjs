import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** Something is said at least this often: what is silent for longer looks dead. */
const sign = 20_000;

/** What a run of minutes tells, and the commands that it consists of. All of them end when `stop` is called, and none starts after it. */
export function startProgress() {
  const began = Date.now();
  const running = new Set();
  let stopped = false;
  const say = (what) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${what}`);

  /** A command with the processes that it starts itself, so that all of them can be ended. */
  const launch = (command, args, options) => {
    if (stopped) throw new Error('stopped');
    const child = spawn(command, args, {
      ...options,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdin?.end(options.input);
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => said.push(String(data)));
    const gone = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(signal ?? code));
    }).finally(() => running.delete(end));
    // Whoever waits for it hears of it.
    gone.catch(() => undefined);
    const end = async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-child.pid, 'SIGTERM');
      const force = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 5_000);
      await gone;
      clearTimeout(force);
    };
    running.add(end);
    return { gone, end, alive: () => child.exitCode === null && child.signalCode === null, tail: () => lastLines(said.join('')) };
  };

  return {
    say,
    launch,
    /** Runs it to its end, and says that it does; throws with the last lines of a command that failed. */
    async run(what, command, args, options = {}) {
      say(what);
      const timer = setInterval(() => say(`  still: ${what}`), sign);
      try {
        const { gone, tail } = launch(command, args, options);
        const code = await gone;
        if (code !== 0) throw new Error(stopped ? 'stopped' : `${what} ended with ${code}:\n${tail()}`);
      } finally {
        clearInterval(timer);
      }
    },
    async stop() {
      stopped = true;
      await Promise.all([...running].map((end) => end()));
    },
  };
}

/** Without colours, and without the requests that a backend tells of: the one line that matters is not among them. */
const lastLines = (text) =>
  stripVTControlCharacters(text)
    .trimEnd()
    .split('\n')
    .filter((line) => !line.includes('incomingRequest'))
    .slice(-25)
    .map((line) => line.slice(0, 400))
    .join('\n');
