/**
 * Rules for names, in the words of apimachinery's validation package. Each gives the sentences that it has against a text.
 */
export type NameRule = (text: string) => string[];

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const qualifiedText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

function longest(length: number, text: string): string[] {
  return text.length > length ? [`must be no more than ${length} characters`] : [];
}

function pattern(form: string, text: string, sentence: string, ...examples: string[]): string[] {
  if (new RegExp(`^${form}$`).test(text)) return [];
  return [`${sentence} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${form}')`];
}

export const isLabel: NameRule = (text) => [
  ...longest(63, text),
  ...(text.includes('.') && pattern(subdomain, text, '').length === 0
    ? ['must not contain dots']
    : pattern(
        label,
        text,
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
        'my-name',
        '123-abc',
      )),
];

export const isLabel1035: NameRule = (text) => [
  ...longest(63, text),
  ...pattern(
    '[a-z]([-a-z0-9]*[a-z0-9])?',
    text,
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    'my-name',
    'abc-123',
  ),
];

export const isSubdomain: NameRule = (text) => [
  ...longest(253, text),
  ...pattern(
    subdomain,
    text,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    'example.com',
  ),
];

/** A part of a URL's path. */
export const isPath: NameRule = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((part) => text.includes(part)).map((part) => `may not contain '${part}'`);
};

/** Keys of labels and annotations, finalizers: `example.com/MyName`. */
export const isQualified: NameRule = (text) => {
  const parts = text.split('/');
  const name = parts.at(-1)!;
  const examples = ['MyName', 'my.name', '123-abc'];
  if (parts.length > 2) {
    const said = pattern(qualified, text, `a qualified name ${qualifiedText}`, ...examples);
    return said.map((sentence) => `${sentence} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`);
  }
  const prefix = parts.length === 2 ? (parts[0] === '' ? ['must be non-empty'] : isSubdomain(parts[0]!)) : [];
  return [
    ...prefix.map((sentence) => `prefix part ${sentence}`),
    ...(name === '' ? ['name part must be non-empty'] : longest(63, name).map((sentence) => `name part ${sentence}`)),
    ...pattern(qualified, name, `name part ${qualifiedText}`, ...examples),
  ];
};

export const isLabelValue: NameRule = (text) => [
  ...longest(63, text),
  ...pattern(
    `(${qualified})?`,
    text,
    `a valid label must be an empty string or ${qualifiedText.replace('must consist', 'consist')}`,
    'MyValue',
    'my_value',
    '12345',
  ),
];

/** Keys of ConfigMaps and Secrets. */
export const isConfigKey: NameRule = (text) => [
  ...longest(253, text),
  ...pattern(
    '[-._a-zA-Z0-9]+',
    text,
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    'key.name',
    'KEY_NAME',
    'key-name',
  ),
  ...(text === '.' || text === '..' ? [`must not be '${text}'`] : text.startsWith('..') ? ["must not start with '..'"] : []),
];

/** A value as sentences about fields show it. */
export function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

export function tooLong(most: number): string {
  return `Too long: may not be more than ${most} ${most === 1 ? 'byte' : 'bytes'}`;
}
