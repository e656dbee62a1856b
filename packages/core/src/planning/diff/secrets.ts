import { isRaw } from '../../application/raw.ts';
import { notShown, withoutCredentials } from '../../text/credentials.ts';
import type { FieldChange } from '../model.ts';

/** What kinds keep credentials in, by their nature: nothing beneath is told, whatever it is called there. */
const credentials: Readonly<Record<string, RegExp>> = {
  Secret: /^(data|stringData)\b/,
  /** Of Stork: a kubeconfig of the other cluster. */
  ClusterPair: /^spec\b/,
  /** Of Stork: keys of an object store. */
  BackupLocation: /^(location|cluster)\b/,
};

/** Names of fields, and of environment variables, whose text is nobody's business. `tokenExpirationSeconds` is no text, `secretName` a name. */
const telling =
  /(pass(word|wd|phrase)?|token|secret|private_?key|access_?key|api_?key|account_?key|credentials?|kubeconfig|(client|ca)-(certificate|key)-data)$/i;

const why = 'the value differs; it is not shown';

/** The change without what opens something: it is shown, sent to browsers and kept in journals. */
export function withoutSecrets(kind: string, field: FieldChange): FieldChange {
  const { path, from, to } = field;
  if (credentials[kind]?.test(path)) return { path, why };
  const name = nameAt(path);
  if (telling.test(name) && [from, to].some((value) => typeof value === 'string')) return { path, why };
  return {
    ...field,
    ...(from !== undefined && { from: redacted(from, name) }),
    ...(to !== undefined && { to: redacted(to, name) }),
  };
}

/** `env[DB_PASSWORD].value` is the value of DB_PASSWORD; else the last name of the path. */
function nameAt(path: string): string {
  return /\[([^\]]+)\]\.value$/.exec(path)?.[1] ?? /([^.[\]]+)\]?$/.exec(path)?.[1] ?? '';
}

function redacted(value: unknown, name: string): unknown {
  if (typeof value === 'string') return telling.test(name) ? notShown : withoutCredentials(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redacted(item, name));
  if (!isRaw(value)) return value;
  const variable = typeof value.name === 'string' ? value.name : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redacted(item, key === 'value' && variable !== undefined ? variable : key)]),
  );
}
