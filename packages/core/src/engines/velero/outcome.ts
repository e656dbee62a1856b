import { textList } from '../../application/raw.ts';
import type { RestoreOutcome } from '../../ports/engine.ts';
import { errorsOf } from './contents.ts';
import { fields } from './schema.ts';

/**
 * What a restore did, by its artefacts RestoreResourceList, `{"v1/Secret": ["ns/name(created)"]}`, the only place that tells
 * what happened to each object, and RestoreResults. What was there, differed and was left the list calls failed; here it
 * is skipped, for nothing went wrong.
 */
export function outcomeOf(list: unknown, results: unknown): RestoreOutcome {
  const outcome: RestoreOutcome = { created: 0, updated: 0, skipped: 0, failed: 0, warnings: [], errors: [] };
  const left = leftAsTheyAre(results);
  for (const [key, names] of Object.entries(fields(list))) {
    const kind = key.slice(key.lastIndexOf('/') + 1);
    for (const entry of textList(names)) {
      const [, object, what] = /^(.*)\((created|updated|skipped|failed)\)$/.exec(entry) ?? [];
      if (what === undefined) continue;
      const wasLeft = what === 'failed' && left.has(`${kind} ${object}`);
      outcome[wasLeft ? 'skipped' : (what as 'created' | 'updated' | 'skipped' | 'failed')] += 1;
    }
  }
  const flat = (part: 'errors' | 'warnings'): string[] =>
    Object.entries(errorsOf(results, part)).flatMap(([namespace, messages]) =>
      messages.map((message) => (namespace ? `${namespace}: ${message}` : message)),
    );
  return { ...outcome, errors: flat('errors'), warnings: flat('warnings') };
}

/** `ConfigMap shop/web`: there is a warning about it, and no error. */
function leftAsTheyAre(results: unknown): Set<string> {
  return new Set(
    Object.entries(errorsOf(results, 'warnings')).flatMap(([namespace, messages]) =>
      messages.flatMap((message) => {
        const [, kind, name] = /^could not restore, (\S+) "([^"]+)" already exists/.exec(message) ?? [];
        return kind === undefined ? [] : [`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`];
      }),
    ),
  );
}
