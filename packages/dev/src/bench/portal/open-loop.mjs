import http from 'node:http';
import { performance } from 'node:perf_hooks';

/**
 * Sends at a fixed rate whether or not answers come, as many people do who know nothing of each other, and counts from the
 * moment when a request should have been sent: a server that stands still for a second delays every one of that second.
 * `request(index)` gives `{ path, method, headers, body }`. Returns milliseconds, sorted, of those that were answered with 200;
 * and how many were not.
 */
export async function openLoop({ baseUrl, perSecond, seconds, request }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });
  const { hostname, port } = new URL(baseUrl);
  const times = [];
  const failures = new Map();
  let bytes = 0;
  const send = (index, intended) =>
    new Promise((resolve) => {
      const { body, ...options } = request(index);
      const failed = (why) => {
        failures.set(why, (failures.get(why) ?? 0) + 1);
        resolve();
      };
      const sent = http.request({ agent, hostname, port, timeout: 30_000, ...options }, (answer) => {
        answer.on('data', (chunk) => (bytes += chunk.length));
        answer.once('error', (error) => failed(error.message));
        answer.once('end', () => {
          if (answer.statusCode !== 200) return failed(`HTTP ${answer.statusCode}`);
          times.push(performance.now() - intended);
          resolve();
        });
      });
      sent.once('timeout', () => sent.destroy(new Error('no answer within 30 s')));
      sent.once('error', (error) => failed(error.message));
      sent.end(body);
    });
  const total = perSecond * seconds;
  const began = performance.now();
  const running = [];
  for (let index = 0; index < total; index += 1) {
    const intended = began + (index * 1_000) / perSecond;
    const wait = intended - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(send(index, intended));
  }
  await Promise.all(running);
  agent.destroy();
  times.sort((a, b) => a - b);
  return { times, failures, bytesEach: Math.round(bytes / Math.max(1, times.length)) };
}

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
