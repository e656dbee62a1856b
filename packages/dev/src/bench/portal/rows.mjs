// The portal with a fleet of 5,000 services. No pair: its figures are what users would wait for.
//   PORTAL_BENCH=500,10,10000        services, clusters and points, for a look in a hurry
//   PORTAL_BENCH_RATE=50             requests a second, for a machine that others use
//   PORTAL_BENCH_NODE='--cpu-prof'   more options for the backend's Node
import { existsSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { root, run } from '../../install.mjs';
import { openLoop, percentile } from './open-loop.mjs';
import { portalWorld, until } from './portal-world.mjs';

const perSecond = Number(process.env.PORTAL_BENCH_RATE ?? 200);
const seconds = 20;
/** Changes a second in the fleet while the portal is read: pods that report, and new backups. */
const churn = 10;
const mega = 2 ** 20;

/** Everything was read and every verdict is decided: when the first list was there, and when all was, with the processor time until then. */
let indexed;
function wholeIndex() {
  indexed ??= (async () => {
    // The host serves the app that it finds when it starts.
    await builtApp();
    const world = await portalWorld();
    const { get, shape, processor } = world;
    const moment = () => ({ at: performance.now(), processor: processor() });
    const total = async (query) => (await get(`dr/v1/applications?limit=1${query}`))?.metadata.total;
    await until(async () => (await total('')) >= shape.services, 'the list of services was not there');
    const first = moment();
    await until(async () => (await get('dr/v1/health'))?.clusters.every(({ state }) => state === 'fresh'), 'a cluster was not read');
    const read = moment();
    await until(async () => (await total('&verdict=Unknown')) === 0, 'some verdicts were never decided');
    return { world, first, read, decided: moment() };
  })();
  return indexed;
}

const index = {
  name: 'portal-index',
  async measure() {
    const { world, first, read, decided } = await wholeIndex();
    const { began, hostReady, shape, without } = world;
    const { items } = await world.get('dr/v1/clusters');
    if (items.length !== shape.clusters) throw new Error(`${items.length} clusters instead of ${shape.clusters}`);
    const memory = await world.memory();
    const used = memory.heapUsed + memory.external - without.heapUsed - without.external;
    const row = {
      host: hostReady - began,
      first: first.at - began,
      read: read.at - began,
      decided: decided.at - began,
      processorFirst: first.processor.portal,
      processorDecided: decided.processor.portal,
      processorServers: decided.processor.servers,
      memory: used / mega,
      bytesPerPoint: used / shape.points,
      resident: memory.rss / mega,
    };
    const after = (at) => `${((at - began) / 1_000).toFixed(1)} s`;
    return {
      row,
      text:
        `${described(shape)}: after the start of the process the host is ready at ${after(hostReady)}, the list complete at ${after(first.at)} ` +
        `(${first.processor.portal.toFixed(1)} s of processor, and ${first.processor.servers.toFixed(1)} s of the simulated servers), all clusters read at ` +
        `${after(read.at)}, every verdict decided (with the contents of the newest points) at ${after(decided.at)} ` +
        `(${decided.processor.portal.toFixed(1)} s, ${decided.processor.servers.toFixed(1)} s); ` +
        `index ${Math.round(row.memory)} MB more than without clusters, ${Math.round(row.bytesPerPoint)} bytes a point; resident ${Math.round(row.resident)} MB`,
    };
  },
};

const read = {
  name: 'portal-read',
  async measure() {
    const { world } = await wholeIndex();
    const { backend, fleet, processor, shape, token } = world;
    const tokens = await Promise.all(['olivia', 'otto', 'alice'].map(token));
    const authorization = (at) => ({ authorization: `Bearer ${tokens[at % tokens.length]}` });
    // A page of a catalog holds entities of all sorts: neighbours here, another hundred each time.
    const refs = (at) =>
      Array.from(
        { length: 100 },
        (_, position) => `component:default/svc-${String((at * 37 + position) % shape.services).padStart(4, '0')}`,
      );
    const byRefs = (at) => ({
      method: 'POST',
      path: '/api/dr/v1/applications/by-refs',
      headers: { ...authorization(at), 'content-type': 'application/json' },
      body: JSON.stringify({ entityRefs: refs(at) }),
    });
    const list = (at) => ({ method: 'GET', path: '/api/dr/v1/applications?limit=50', headers: authorization(at) });
    const row = {};
    const texts = [];
    fleet.send({ churn });
    try {
      for (const [name, request] of Object.entries({ byRefs, list })) {
        const before = processor().portal;
        const { times, failures, bytesEach } = await openLoop({ baseUrl: backend.baseUrl, perSecond, seconds, request });
        // What the portal does besides (changes of the fleet, tasks of its host) is counted in.
        const each = ((processor().portal - before) * 1_000) / Math.max(1, times.length);
        const failed = [...failures].map(([why, count]) => `${count} × ${why}`).join(', ');
        if (failed !== '') texts.push(`${name}: ${failed}`);
        Object.assign(row, { [`${name}P50`]: percentile(times, 0.5), [`${name}P99`]: percentile(times, 0.99), [`${name}Processor`]: each });
        texts.push(
          `${name === 'byRefs' ? 'by-refs of 100' : 'list page of 50'} p50 ${Math.round(row[`${name}P50`])} ms, ` +
            `p99 ${Math.round(row[`${name}P99`])} ms (${Math.round(bytesEach / 1024)} KiB and ${each.toFixed(1)} ms of processor each, ${times.length} answered)`,
        );
      }
    } finally {
      fleet.send({ churn: 0 });
    }
    return {
      row,
      text: `${described(shape)}, ${perSecond} requests/s of three people arriving by the clock for ${seconds} s, ${churn} changes/s: ${texts.join('; ')}`,
    };
  },
};

const page = {
  name: 'portal-fleet',
  async skip() {
    const { findChromium } = await import('../../../../../test/browser/chromium.ts');
    return findChromium() === undefined ? 'there is no Chromium; install it, or name it in CHROMIUM' : undefined;
  },
  async measure(runs) {
    const { world } = await wholeIndex();
    const { openChromium } = await import('../../../../../test/browser/chromium.ts');
    const browser = await openChromium();
    const visits = [];
    try {
      // The first visit warms the host's caches, as the first visitor of the day does.
      for (let visit = 0; visit <= Math.min(runs, 5); visit += 1) visits.push(await fleetVisit(browser, world.backend.baseUrl));
    } finally {
      await browser.close();
    }
    const [first, ...others] = visits;
    const median = (key) =>
      percentile(
        others.map((visit) => visit[key]).toSorted((a, b) => a - b),
        0.5,
      );
    const row = { rows: median('rows'), interactive: median('interactive'), answered: median('answered'), first: first.interactive };
    return {
      row,
      text:
        `${described(world.shape)}: the fleet page of an operator in Chromium shows its rows after ${Math.round(row.rows)} ms, is interactive ` +
        `(a press of a column's heading is answered) after ${Math.round(row.interactive)} ms, ${Math.round(row.answered)} ms for the press itself; ` +
        `first visit ${Math.round(row.first)} ms; median of ${others.length}, each with an empty cache`,
    };
  },
};

async function builtApp() {
  if (existsSync(path.join(root, 'packages/app/dist/index.html')) && process.env.BROWSER_NO_BUILD) return;
  const cli = path.join(root, 'node_modules/@backstage/cli/bin/backstage-cli');
  const cwd = path.join(root, 'packages/app');
  await run(process.execPath, [cli, 'package', 'build', '--config', '../../app-config.yaml'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Milliseconds from the navigation on. */
async function fleetVisit(browser, baseUrl) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, locale: 'en-GB', reducedMotion: 'reduce' });
  context.setDefaultTimeout(120_000);
  try {
    await context.addCookies([{ name: 'dr-demo-user', value: 'olivia', url: baseUrl }]);
    const visited = await context.newPage();
    const began = performance.now();
    await visited.goto(`${baseUrl}/dr`, { waitUntil: 'commit' });
    const rowOf = visited.getByRole('row', { name: /svc-\d{4}/ }).first();
    await rowOf.waitFor();
    const shown = performance.now();
    const before = await rowOf.innerText();
    // Sorted by name, another service is on top: the worst stood there.
    await visited.getByRole('columnheader', { name: 'Application' }).click();
    await visited.waitForFunction(
      (text) => [...document.querySelectorAll('[role=row]')].some((row) => /svc-0000/.test(row.innerText) && row.innerText !== text),
      before,
      { polling: 'raf' },
    );
    const end = performance.now();
    return { rows: shown - began, interactive: end - began, answered: end - shown };
  } finally {
    await context.close();
  }
}

function described({ services, clusters, points }) {
  return `${services.toLocaleString('en')} services on ${clusters} clusters with ${points.toLocaleString('en')} points`;
}

export const portalRows = [index, read, page];
