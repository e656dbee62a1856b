import { forbidden, hostile } from './hostile.testing.ts';
import { table } from './table.ts';
import { textWidth } from './text-width.ts';
import { clean } from './terminal.ts';

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
    expect(text).not.toMatch(forbidden);
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBe(3);
    // What stands in the second column begins in one place, whatever stands before it.
    const starts = ['STATE', 'Completed', 'Failed'].map((word, index) => textWidth(lines[index]!.slice(0, lines[index]!.indexOf(word))));
    expect(new Set(starts).size).toBe(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_000);
  }
  expect(clean(name).length).toBeLessThanOrEqual(300);
});
