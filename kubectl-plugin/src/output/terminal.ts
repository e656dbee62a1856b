/** Where text goes. Data on `out`, everything else on `err`. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal behind each; undefined where there is none. */
  columns: { out: number | undefined; err: number | undefined };
  /** Rows of the terminal behind stderr. */
  rows: number | undefined;
  /** Colours on stdout / stderr. */
  color: { out: boolean; err: boolean };
  /** stderr is a terminal: live progress may rewrite lines. */
  live: boolean;
  /** The locale can print box drawing and symbols. */
  unicode: boolean;
}

/** How text may look on one of both streams. */
export interface Look {
  color: boolean;
  unicode: boolean;
  /** Undefined: not a terminal, so nothing is cut or wrapped. */
  width: number | undefined;
}

export function lookOf(output: Output, stream: 'out' | 'err'): Look {
  return { color: output.color[stream], unicode: output.unicode, width: output.columns[stream] };
}

/**
 * Text from a cluster or a catalog, safe for a terminal: escape sequences and control characters cannot act, bidirectional
 * overrides cannot reorder a line, a line break cannot break a table.
 */
export function clean(text: string, limit = 300): string {
  // An import of node:util would load all of it, at a third of what the whole command may cost at start.
  const { stripVTControlCharacters } = process.getBuiltinModule('node:util');
  const plain = stripVTControlCharacters(text)
    // oxlint-disable-next-line no-control-regex -- these are exactly the characters that must not reach a terminal
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '');
  return plain.length > limit ? `${plain.slice(0, limit - 3).replace(/[\ud800-\udbff]$/, '')}...` : plain;
}

/**
 * What to do next, or a line of something to apply: safe as `clean` has it, but whole, because half a command is none. Every
 * name in it is bounded by Kubernetes, and the list of what an engine keeps by us; the limit is for what pretends to be one.
 */
export function nextStep(text: string): string {
  return clean(text, 2_600);
}

const codes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90, bold: 1 } as const;
export type Style = keyof typeof codes;

export function paint(enabled: boolean, style: Style | undefined, text: string): string {
  return enabled && style ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}

/** A colour never carries meaning alone: the word is always printed with it. */
export const verdictStyle: Record<string, Style> = {
  Unknown: 'grey',
  Unprotected: 'red',
  Breached: 'red',
  AtRisk: 'yellow',
  Unproven: 'cyan',
  Protected: 'green',
};
export const stateStyle: Record<string, Style> = {
  Succeeded: 'green',
  Failed: 'red',
  Running: 'blue',
  Verifying: 'blue',
  Cancelled: 'grey',
  Degraded: 'yellow',
};
