/** Names that somebody else gave: they may not leave their cell, nor move what stands beside it. */
export const hostile: [what: string, name: string][] = [
  ['escape sequences', '\u001b[2J\u001b[31mred\u001b]0;title\u0007\u001bP1$q\u001b\\'],
  ['C1 controls', 'a\u009b31mb\u0085c'],
  ['line breaks', 'one\r\ntwo\u2028three\u0000four\tfive'],
  ['right to left', '\u202egnp.exe\u2066x\u2069\u200f'],
  ['Hebrew and Arabic', 'שלום-مرحبا'],
  ['emoji', '👩‍👩‍👧‍👦🇩🇪👍🏽'],
  ['wide', '漢字かな한글'],
  ['marks', `e${'\u0301'.repeat(50)}`],
  ['zero width', 'a\u200b\u200d\ufeffb'],
  ['half a character', '\ud83d-\udc00'],
  ['10 kB', 'x'.repeat(10_240)],
  ['10 kB of emoji', '👍'.repeat(5_000)],
];

/** What must not reach a terminal. */
// oxlint-disable-next-line no-control-regex -- exactly these
export const forbidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]/;
