import { table } from './table.ts';
import { textWidth } from './text-width.ts';
import { clean } from './terminal.ts';

/** Names that somebody else gave: they may not leave their cell, nor move what stands beside it. */
const hostile: [what: string, name: string][] = [
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

it.each(hostile)('%s', (_, name) => {
  const rows = [
    { name, state: 'Completed', why: name },
    { name: 'plain', state: 'Failed', why: 'because' },
  ];
  const columns = [
    { header: 'name', value: (row: (typeof rows)[0]) => row.name },
    { header: 'state', value: (row: (typeof rows)[0]) => row.state },
    { header: 'why', value: (row: (typeof rows)[0]) => row.why },
  ];
  for (const width of [undefined, 80]) {
    const text = table(rows, columns, { look: { color: false, unicode: true, width } });
    // oxlint-disable-next-line no-control-regex -- exactly these must not reach a terminal
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]/);
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBe(3);
    // What stands in the second column begins in one place, whatever stands before it.
    const starts = ['STATE', 'Completed', 'Failed'].map((word, index) => textWidth(lines[index]!.slice(0, lines[index]!.indexOf(word))));
    expect(new Set(starts).size).toBe(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_000);
  }
  expect(clean(name).length).toBeLessThanOrEqual(300);
});
