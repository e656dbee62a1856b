import { readFileSync } from 'node:fs';
import { engine } from '@kubectl-dr/core/engines/velero/index';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { createDrService } from '@kubectl-dr/core/service/service';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { hurried } from './living.ts';
import { seenBy } from './seen-by.ts';

/** What a process is told that carries an operation out, and may be killed on the way. */
export interface Doom {
  kubeconfig: string;
  /** Of its lease. */
  holder: string;
  haste: number;
  operation: string;
  application: string;
  /** A file with the plan that is executed; absent: the operation is undone. */
  plan?: string;
  /** Where it dies, by SIGKILL; absent: nowhere. Steps are named as those of an application `shop`. */
  place?: string;
}

/** How it ended, written to stdout when it was not killed: every place that it came by, in order. */
export interface Survived {
  state: Operation['state'];
  message?: string;
  places: string[];
}

/** The first look of everything that waits comes after so long, milliseconds: a wait begins. */
const firstPoll = 200;

const doom = JSON.parse(process.argv[2]!) as Doom;
const places: string[] = [];
let waits = 0;
let known = new Map<string, string>();

function at(where: string): void {
  const place = where.replaceAll(doom.application, 'shop');
  places.push(place);
  if (place === doom.place) process.kill(process.pid, 'SIGKILL');
}

/** What a write of the journal tells that the one before did not. */
function news(object: KubeObject): { told: string; now: Map<string, string> }[] {
  const { data } = object as KubeObject & { data: { status: string } };
  const { steps, undo, cleanUp, state } = JSON.parse(data.status) as Operation;
  const now = new Map([
    ...(undo?.steps ?? [...steps, ...(cleanUp?.steps ?? [])]).map((step) => [step.id, step.state] as const),
    ['the end', state] as const,
  ]);
  return [...now].filter(([id, each]) => known.get(id) !== each).map(([told]) => ({ told, now }));
}

function placesOf(object: KubeObject, written: boolean): void {
  for (const { told, now } of news(object)) {
    const state = now.get(told)!;
    if (state === 'Running' && told !== 'the end') at(`${written ? 'begun' : 'before'} ${told}`);
    if (state === 'Succeeded' || state === 'Undone') at(`${written ? 'after' : 'done'} ${told}`);
    if (written) known = now;
  }
}

const config = await loadKubeConfig({ file: doom.kubeconfig, env: {} });
const http = new HttpCluster({ config: resolveContext(config, {}), name: 'east' });
const isJournal = (what: string, name: string | undefined): boolean => what === 'configmaps' && name === doom.operation;
const cluster = seenBy(http, {
  before({ verb, what, name, object }) {
    if (verb === 'replace' && isJournal(what, name)) placesOf(object!, false);
  },
  after({ verb, what, name, object }) {
    if (verb === 'replace' && isJournal(what, name)) placesOf(object!, true);
  },
});
const clock = hurried(doom.haste);
const service = createDrService({
  clusters: [cluster],
  reader: new ListReader([cluster]),
  engines: [engine],
  clock: {
    now: () => clock.now(),
    async sleep(milliseconds, signal) {
      if (milliseconds !== firstPoll) return clock.sleep(milliseconds, signal);
      waits += 1;
      await clock.sleep(milliseconds / 2, signal);
      at(`wait ${waits}`);
      await clock.sleep(milliseconds / 2, signal);
    },
  },
  holder: doom.holder,
});
const caller = { name: 'alice' };
const started =
  doom.plan === undefined
    ? await service.undo(doom.operation, caller)
    : await service.execute(JSON.parse(readFileSync(doom.plan, 'utf8')) as Plan, caller, { operationId: doom.operation });
const { state, message } = await started.run();
await http.close();
process.stdout.write(JSON.stringify({ state, ...(message !== undefined && { message }), places } satisfies Survived));
