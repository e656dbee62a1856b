/**
 * Reads the YAML in which tools write kubeconfigs: mappings and lists in block style, scalars on one line. Gives
 * `undefined` for anything else, which is then the business of a real parser; where it gives a value, a real parser would
 * give the same. It exists because loading and running that parser costs a third of a short command.
 */
export function plainYaml(source: string): { value: unknown } | undefined {
  const lines = linesOf(source);
  if (!lines || lines.length === 0) return undefined;
  const reader = { lines, at: 0 };
  const value = blockOf(reader, lines[0]!.indent);
  return value === bad || reader.at < lines.length ? undefined : { value };
}

interface Line {
  indent: number;
  text: string;
}

interface Reader {
  lines: Line[];
  at: number;
}

const bad = Symbol('not plain');

function linesOf(source: string): Line[] | undefined {
  const lines: Line[] = [];
  for (const raw of source.split(/\r?\n/)) {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) continue;
    // oxlint-disable-next-line no-control-regex -- what no file that a tool wrote contains
    if (/[\u0000-\u001f\u007f-\uffff]/.test(raw) || /^(---|\.\.\.|%)/.test(text)) return undefined;
    lines.push({ indent: raw.length - raw.trimStart().length, text });
  }
  return lines;
}

function blockOf(reader: Reader, indent: number): unknown {
  return isItem(reader.lines[reader.at]!.text) ? listOf(reader, indent) : mappingOf(reader, indent);
}

function listOf(reader: Reader, indent: number): unknown {
  const items: unknown[] = [];
  for (let line = reader.lines[reader.at]; line && line.indent === indent && isItem(line.text); line = reader.lines[reader.at]) {
    const rest = line.text.slice(1).trimStart();
    const inside = indent + line.text.length - rest.length;
    let item: unknown;
    if (rest === '' || isItem(rest)) return bad;
    if (keyOf(rest)) {
      // `- name: x` begins a mapping whose other keys stand below the first.
      reader.lines[reader.at] = { indent: inside, text: rest };
      item = mappingOf(reader, inside);
    } else {
      reader.at += 1;
      item = scalarOf(rest);
    }
    if (item === bad) return bad;
    items.push(item);
  }
  return deeper(reader, indent) ? bad : items;
}

function mappingOf(reader: Reader, indent: number): unknown {
  const mapping: Record<string, unknown> = {};
  for (let line = reader.lines[reader.at]; line && line.indent === indent && !isItem(line.text); line = reader.lines[reader.at]) {
    const [, key, rest] = keyOf(line.text) ?? [];
    if (key === undefined || key === '__proto__' || Object.hasOwn(mapping, key)) return bad;
    reader.at += 1;
    const value = rest ? scalarOf(rest) : below(reader, indent);
    if (value === bad) return bad;
    mapping[key] = value;
  }
  return deeper(reader, indent) ? bad : mapping;
}

/** What stands below a key: a deeper block, a list at the key's own depth, or nothing. */
function below(reader: Reader, indent: number): unknown {
  const next = reader.lines[reader.at];
  if (next && next.indent > indent) return blockOf(reader, next.indent);
  if (next && next.indent === indent && isItem(next.text)) return listOf(reader, indent);
  return null;
}

function deeper({ lines, at }: Reader, indent: number): boolean {
  const next = lines[at];
  return next !== undefined && next.indent > indent;
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

function keyOf(text: string): RegExpExecArray | null {
  return /^([A-Za-z][\w./-]*):(?: +(.*))?$/.exec(text);
}

/** Numbers and what else is written without quotes and is no text. */
const special = /^(?:[-+]?(?:0o[0-7]+|0x[\da-f]+|\.?\d[\d._]*(?:e[-+]?\d+)?|\.inf)|\.nan)$/i;

function scalarOf(text: string): unknown {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (/^(null|Null|NULL|~)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  const [, double] = /^"([^"\\]*)"$/.exec(text) ?? [];
  if (double !== undefined) return double;
  const [, single] = /^'([^']*)'$/.exec(text) ?? [];
  if (single !== undefined) return single;
  // Indicators, a comment, or a mapping inside: not plain.
  if (/^(?:[?:,[\]{}#&*!|>'"%@`]|-(?:\s|$))/.test(text) || /:(?:\s|$)|\s#/.test(text) || special.test(text)) return bad;
  return text;
}
