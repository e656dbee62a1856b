/** What differs from run to run and from server to server, and says nothing. In order; each is replaced by its word. */
const masks: [RegExp, string][] = [
  // Whether the client or the server ends a watch first, when both have the same second to do it.
  [/^[EIW]\d{4} .* reflector\.go.*\n/gm, ''],
  [/https:\/\/127\.0\.0\.1:\d+(\/clusters\/\w+)?/g, '<server>'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000/g, '<time>'],
  [/\/(LIVE|MERGED)-\d+\//g, '/$1/'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/(resourceVersion"?: )"\d+"/g, '$1<version>'],
  [/(Resource Version:\s+)\d+/g, '$1<version>'],
  [/\b10\.\d+\.\d+\.\d+\b/g, '<address>'],
  // Names that controllers make: the hash of a pod template, and five letters by chance.
  [/-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-<hash>-<random>'],
  [/(\breplicaset\S*\/[a-z-]+|pod-template-hash[=:] ?"?|\bweb)-?[bcdfghjklmnpqrstvwxz2456789]{6,10}\b/g, '$1-<hash>'],
  [/\b(pod\/[a-z]+|generated|counted)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-<random>'],
  [/\bkube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<random>'],
  [/\b((?:current|update)Revision: [a-z]+)-[a-z0-9]{6,10}\b/g, '$1-<hash>'],
  [/(?<=\s)(\d+[smhd])+(?=\s|$)/gm, '<age>'],
  [/(?<=\s)(\d+[smhd])+(?= ago)/g, '<age>'],
  // A column is as wide as its widest cell, which may have been masked.
  [/(?<=\S) {2,}/g, '  '],
  [/ +$/gm, ''],
];

export function mask(output: string): string {
  return masks.reduce((text, [pattern, word]) => text.replace(pattern, word), output);
}

/** `a 'b c' d` as a shell would split it. */
export function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|((?:[^\s'])+(?:'[^']*')?)/g)].map(([, quoted, plain]) => quoted ?? plain!.replaceAll("'", ''));
}
