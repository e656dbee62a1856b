import type { Part, Step } from './template.ts';
import { JsonPathError } from './template.ts';

/** A template filled in, as kubectl prints it: several values of a path with a space between, what is missing as nothing. */
export function evaluate(parts: readonly Part[], value: unknown): string {
  return parts
    .map((part) => {
      switch (part.kind) {
        case 'text':
          return part.text;
        case 'path':
          return find(part.path, value).map(textOf).join(' ');
        case 'each':
          return find(part.path, value)
            .map((one) => evaluate(part.parts, one))
            .join('');
      }
    })
    .join('');
}

/** Values at a path. JsonPathError for an index that is not there, and for what is no list where one is needed. */
export function find(path: readonly Step[], value: unknown): unknown[] {
  return path.reduce<unknown[]>((found, step) => take(step, found), [value]);
}

/** Objects and lists as JSON, their keys in order; everything else as it is. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  return typeof value === 'object' ? JSON.stringify(sorted(value)) : String(value);
}

function take(step: Step, input: readonly unknown[]): unknown[] {
  switch (step.kind) {
    case 'value':
      // Text stands for itself, once; a number or a truth for each value that it is compared with.
      return typeof step.value === 'string' ? [step.value] : input.map(() => step.value);
    case 'field':
      return input.flatMap((value) => (isMapping(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []));
    case 'all':
      return input.flatMap(childrenOf);
    case 'deep':
      return input.flatMap(nested);
    case 'union':
      return step.paths.flatMap((path) => path.reduce<unknown[]>((found, each) => take(each, found), [...input]));
    case 'slice':
      return input.flatMap((value) => slice(step, value));
    case 'filter':
      return input.flatMap((value) => filtered(step, value));
  }
}

function childrenOf(value: unknown): unknown[] {
  if (typeof value === 'string') return [...value];
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function nested(value: unknown): unknown[] {
  const children = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return children.length === 0 ? [] : [value, ...children.flatMap(nested)];
}

function slice({ from: first = 0, to: last, step = 1, single }: Extract<Step, { kind: 'slice' }>, value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${typeof value} is not array or slice`);
  const { length } = value;
  const from = first < 0 ? first + length : first;
  const to = single ? from + 1 : last === undefined ? length : last < 0 ? last + length : last;
  if (from === to) return [];
  if (from >= length || from < 0) throw outOfBounds(from, length);
  if (to > length || to < 0) throw outOfBounds(to - 1, length);
  if (from > to) throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`);
  if (step <= 0) throw new JsonPathError('step must be > 0');
  return value.slice(from, to).filter((_, index) => index % step === 0);
}

function outOfBounds(index: number, length: number): JsonPathError {
  return new JsonPathError(`array index out of bounds: index ${index}, length ${length}`);
}

function filtered({ left, operator, right }: Extract<Step, { kind: 'filter' }>, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new JsonPathError(`${textOf(value)} is not array or slice and cannot be filtered`);
  return value.filter((item) => {
    const lefts = find(left, item);
    if (operator === 'exists') return lefts.length > 0;
    const rights = lefts.length === 0 ? [] : find(right, item);
    if (lefts.length === 0 || rights.length === 0) return false;
    if (lefts.length > 1 || rights.length > 1) throw new JsonPathError('can only compare one element at a time');
    return holds(lefts[0], operator, rights[0]);
  });
}

function holds(a: unknown, operator: string, b: unknown): boolean {
  if (operator === '=~') {
    if (typeof a !== 'string' || typeof b !== 'string') throw new JsonPathError('regexp search only support string now');
    return expression(b).test(a);
  }
  const comparable = typeof a === typeof b && ['string', 'number', 'boolean'].includes(typeof a);
  if (!comparable) throw new JsonPathError('incompatible types for comparison');
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (typeof a === 'boolean') throw new JsonPathError('invalid type for comparison');
  const [less, same] = [(a as string) < (b as string), a === b];
  return { '<': less, '<=': less || same, '>': !less && !same, '>=': !less }[operator]!;
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (cause) {
    throw new JsonPathError(`${text} is not a regular expression`, { cause });
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
