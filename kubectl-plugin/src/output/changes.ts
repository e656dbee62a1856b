import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import { wrap } from './text-width.ts';
import type { Look, Style } from './terminal.ts';
import { clean, paint } from './terminal.ts';

type Change = WirePlan['spec']['changes'][number];
type Field = NonNullable<Change['fields']>[number];

const actionStyle: Record<Change['action'], Style> = {
  create: 'green',
  change: 'yellow',
  remove: 'red',
  conflict: 'magenta',
  leave: 'grey',
};
const order: readonly Change['action'][] = ['remove', 'change', 'create', 'conflict', 'leave'];
/** So many objects of one kind of line are named, more are counted. */
const named = 6;
/** Of a text of several lines, so many of those that differ are shown. */
const shownLines = 6;

/**
 * Objects by place, then by component (`components`: in this order; what belongs to none of them last). What is changed
 * is told field by field, what is created, removed or left is named, or counted where it is much. `left`: what is left and
 * differs is told field by field as well.
 */
export function changeLines(
  changes: readonly Change[],
  components: readonly string[],
  look: Look,
  { left = false, title = 'Changes' } = {},
): string[] {
  const places = groups(changes, ({ cluster, namespace }) => [namespace, cluster].filter(Boolean).join(' on '));
  return [...places].flatMap(([place, there]) => {
    const byComponent = groups(there, ({ component }) => component ?? '');
    const names = [...byComponent.keys()].toSorted((a, b) => rank(a) - rank(b));
    const single = names.length === 1 && (names[0] === '' || components.length === 1);
    return [
      '',
      `${title} in ${clean(place)}:`,
      ...names.flatMap((name) => {
        const lines = componentLines(byComponent.get(name)!, single ? '  ' : '    ', look, left);
        return single ? lines : [`  ${paint(look.color, 'bold', name === '' ? 'of no single component' : clean(name))}`, ...lines];
      }),
    ];
  });

  function rank(name: string): number {
    const index = components.indexOf(name);
    return index < 0 ? components.length : index;
  }
}

function componentLines(changes: readonly Change[], indent: string, look: Look, left: boolean): string[] {
  const hang = ' '.repeat(indent.length + 10);
  return order.flatMap((action) => {
    const ours = changes.filter((change) => change.action === action);
    const told = ours.filter(({ fields = [] }) => fields.length > 0);
    // What is left tells no field that stays as it is, but its name: somebody may have expected it to go back.
    const each = action === 'leave' && !left ? [] : told;
    const rest = ours.filter((change) => !each.includes(change));
    const head = (text: string): string[] => {
      const [first, ...more] = wrap(`${indent}${action.padEnd(8)}  ${clean(text, 600)}`, look.width, hang);
      return [first!.replace(action, paint(look.color, actionStyle[action], action)), ...more];
    };
    return [
      ...each.flatMap((change) => [
        ...head(`${change.kind} ${change.name}${change.why ? ` (${change.why})` : ''}`),
        ...change.fields!.flatMap((field) => fieldLines(field, hang, look)),
      ]),
      ...[...groups(rest, ({ why, fields }) => why ?? (action === 'leave' && !fields ? 'the same already' : ''))].flatMap(
        ([why, objects]) => head(`${summary(objects)}${why ? `: ${why}` : ''}`),
      ),
    ];
  });
}

/** `ConfigMap a, Service b`, or `12 ConfigMap, 3 Service`. */
function summary(objects: readonly Change[]): string {
  const kinds = groups(objects, ({ kind }) => kind);
  if (objects.length <= named) return [...kinds].map(([kind, some]) => `${kind} ${some.map(({ name }) => name).join(', ')}`).join('; ');
  return [...kinds].map(([kind, { length }]) => `${length} ${kind}`).join(', ');
}

function fieldLines({ path: full, from, to, why }: Field, indent: string, look: Look): string[] {
  const path = full.replaceAll('.[', '[');
  const because = why ? ` (${why})` : '';
  const block = (text: string): string[] => wrap(`${indent}${clean(text, 400)}`, look.width, `${indent}    `);
  if (from === undefined && to === undefined) return block(`${path}: ${why ?? 'differs'}`);
  if (typeof from === 'string' && typeof to === 'string' && (from.includes('\n') || to.includes('\n'))) {
    return [...block(`${path}:${because}`), ...textLines(from, to).map((line) => `${indent}    ${clean(line, 160)}`)];
  }
  // Marks of a plan itself ("as of 12:00") are sentences, not values.
  if (path === 'data' && typeof from === 'string' && typeof to === 'string') return block(`data: ${from} -> ${to}${because}`);
  return block(`${path}: ${show(from)} -> ${show(to)}${because}`);
}

function show(value: unknown): string {
  if (value === undefined) return '<absent>';
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** The lines in the middle of a text that differ, `-` as it is and `+` as it would be. */
function textLines(from: string, to: string): string[] {
  const [before, after] = [from.split('\n'), to.split('\n')];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const part = (mark: string, lines: readonly string[]): string[] => {
    const differing = lines.slice(start, lines.length - end);
    const more = differing.length - shownLines;
    return [...differing.slice(0, shownLines).map((line) => `${mark} ${line}`), ...(more > 0 ? [`${mark} and ${more} more lines`] : [])];
  };
  return [...part('-', before), ...part('+', after)];
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return found;
}
