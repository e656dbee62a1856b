/** What stands in place of something that is not to be told. */
export const notShown = '(not shown)';

/** Names whose value opens something; what is written before them (`aws_`, `X-Amz-`) does not matter. */
const opening =
  '(?:passw(?:or)?d|passphrase|secret|token|access_?key(?:_?id)?|api_?key|account_?key|private_?key|key-data|signature|credential)s?';

/** Each begins with words of its own, and none looks back: a text of any length is read in one go. */
const patterns: readonly (readonly [pattern: RegExp, shown: string])[] = [
  // Certificates as well: nobody reads them, and a key may follow.
  [/(-----BEGIN [A-Z0-9 ]{1,40}-----)[^]*?(?:(?=-----END [A-Z0-9 ]{1,40}-----)|$)/g, `$1${notShown}`],
  [/(\/\/[^/\s:@"]*):[^/\s@"]+@/g, `$1:${notShown}@`],
  [/\beyJ[\w-]{5,500}\.[\w-]{5,}(?:\.[\w-]*)?/g, notShown],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, notShown],
  [/\b(?:gh[a-z]_\w{20,}|xox[a-z]-[\w-]{10,}|AIza[\w-]{30,})/g, notShown],
  // `Basic authentication` is no credential.
  [/\b(bearer|basic)(\s+)(?=\S{0,200}\d|\S{24})[\w.~+/=-]{6,}/gi, `$1$2${notShown}`],
  [new RegExp(String.raw`(${opening}\\?["']\s*:\s*\\?["'])[^"'\\]+`, 'gi'), `$1${notShown}`],
  // A line of YAML; `cannot read the secret: not found` is a sentence.
  [
    new RegExp(String.raw`(^[ \t]*(?:- )?[\w.-]{0,64}?${opening}:[ \t]+)(?:"[^"\n]*"|'[^'\n]*'|[^\s"'(]\S*)[ \t]*$`, 'gim'),
    `$1${notShown}`,
  ],
  [new RegExp(String.raw`(${opening}(?:[ \t]*=[ \t]*|:(?!//)|%3D))(?:"[^"]+"|'[^']+'|[^\s"'&,;()]+)`, 'gi'), `$1${notShown}`],
  [/([?&]sig=)[^\s"'&(]+/g, `$1${notShown}`],
];

const suspicious =
  /-----BEGIN |\/\/[^/\s"]*@|eyJ|A[KS]IA[A-Z0-9]{16}|gh[a-z]_|xox|AIza|(?:bearer|basic)(?:\s|\\[nrt])|(?:passw|passphrase|secret|token|key|key-data|signature|credential|[?&]sig)[\w-]{0,4}\\*["']?(?:\s|\\[nrt])*(?:[=:]|%3D)/i;

/** True for every text that `withoutCredentials` changes, also as a string in JSON, and for a few more. */
export function mayHoldCredentials(text: string): boolean {
  return suspicious.test(text);
}

/**
 * The text without what looks like a credential: passwords of addresses (`https://key:(not shown)@store`), signatures of links, tokens,
 * keys of clouds, PEM, values of fields that are called so. For what others wrote: messages of controllers, answers of servers, values
 * of fields.
 */
export function withoutCredentials(text: string): string {
  if (!mayHoldCredentials(text)) return text;
  let shown = text;
  for (const [pattern, by] of patterns) shown = shown.replace(pattern, by);
  return shown;
}
