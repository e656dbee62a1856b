import { clean } from '../terminal.ts';

/** Markup that was made by `html`, and nowhere else. */
export class Markup {
  readonly text: string;
  private constructor(text: string) {
    this.text = text;
  }

  /** Only for constants of this program, such as a style sheet. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

type Value = Markup | string | number | undefined | readonly (Markup | undefined)[];

/** Markup in which every value that is not markup itself is text, in elements and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return Markup.trusted(strings.map((part, index) => part + (index < values.length ? shown(values[index]) : '')).join(''));
}

function shown(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return (value as readonly (Markup | undefined)[]).map((each) => each?.text ?? '').join('');
  return escaped(String(value as string | number));
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters and those that turn the direction of a line are left out, as on a terminal. */
function escaped(text: string): string {
  return clean(text, 2000).replace(/[&<>"']/g, (character) => entities[character]!);
}
