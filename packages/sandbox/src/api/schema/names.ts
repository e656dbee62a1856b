import table from '../../../data/names.json' with { type: 'json' };

/** How a name must look: a form of `data/names.json`, a key of labels (`example.com/MyName`), or a part of a URL's path. */
export type NameForm = keyof typeof table | 'qualified' | 'path';

const expressions = new Map(Object.entries(table).map(([name, { form }]) => [name, new RegExp(`^${form}$`)]));

export function isNameForm(word: string): word is NameForm {
  return word === 'qualified' || word === 'path' || Object.hasOwn(table, word);
}

/** What there is against a name, in the words of apimachinery's validation package. */
export function nameErrors(form: NameForm, text: string): string[] {
  if (form === 'qualified') return qualifiedErrors(text);
  if (form === 'path')
    return text === '.' || text === '..'
      ? [`may not be '${text}'`]
      : ['/', '%'].filter((part) => text.includes(part)).map((part) => `may not contain '${part}'`);
  const { most } = table[form];
  const tooLong = text.length > most ? [`must be no more than ${most} characters`] : [];
  if (form === 'label' && text.includes('.') && formErrors('subdomain', text).length === 0) return [...tooLong, 'must not contain dots'];
  const dots = text === '.' || text === '..' ? [`must not be '${text}'`] : text.startsWith('..') ? ["must not start with '..'"] : [];
  return [...tooLong, ...formErrors(form, text), ...(form === 'configKey' ? dots : [])];
}

function formErrors(form: keyof typeof table, text: string): string[] {
  const { form: expression, says, examples } = table[form];
  if (expressions.get(form)!.test(text)) return [];
  if (examples.length === 0) return [says];
  return [`${says} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${expression}')`];
}

function qualifiedErrors(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2)
    return formErrors('qualifiedName', text).map(
      (sentence) => `a qualified name ${sentence} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    );
  const name = parts.at(-1)!;
  const prefix = parts.length === 1 ? [] : parts[0] === '' ? ['must be non-empty'] : nameErrors('subdomain', parts[0]!);
  const own = [...(name === '' ? ['must be non-empty'] : []), ...nameErrors('qualifiedName', name)];
  return [...prefix.map((sentence) => `prefix part ${sentence}`), ...own.map((sentence) => `name part ${sentence}`)];
}

/** A value as sentences about fields show it. */
export function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
