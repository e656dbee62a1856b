import fc from 'fast-check';
import { table } from './table.ts';
import { clean } from './terminal.ts';

const columns = [
  { header: 'name', value: (row: { name: string }) => row.name },
  { header: 'length', value: (row: { name: string }) => String(row.name.length) },
];

describe('table', () => {
  it('pads as kubectl does', () => {
    expect(table([{ name: 'web' }, { name: 'orders-db' }], columns, {})).toBe('NAME        LENGTH\nweb         3\norders-db   9\n');
  });

  it('prints no header for no rows, and none when asked', () => {
    expect(table([], columns, {})).toBe('');
    expect(table([{ name: 'a' }], columns, { headers: false })).toBe('a   1\n');
  });

  it('is one line per row whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (names) => {
        const lines = table(
          names.map((name) => ({ name })),
          columns,
          {},
        ).split('\n');
        expect(lines.length).toBe(names.length + 2);
      }),
    );
  });
});

describe('clean', () => {
  it('lets no control character or direction override through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex -- exactly these must be gone
        expect(clean(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('neutralises a terminal escape', () => {
    expect(clean('\u001b[2Jowned\u001b]0;title\u0007')).not.toContain('\u001b');
  });

  it('cuts what is too long', () => {
    expect(clean('x'.repeat(10_000)).length).toBe(300);
  });
});
