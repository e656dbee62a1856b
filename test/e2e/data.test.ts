import { describeData } from '../suites/data.ts';
import { TestFleet } from './fleet.ts';

/** `-o json` is a contract: what the schemas of `core/src/wire` say, and nothing else on stdout. */
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.advance(10);
});
afterAll(() => fleet.close());

describeData(() => fleet);

describe('templates and columns', () => {
  const run = (...words: string[]) => fleet.run(words);

  it('fill in what -o json has', async () => {
    const template = '{range .items[*]}{.metadata.name}={.status.nativePhase}{"\\n"}{end}';
    expect((await run('get', 'points', '-n', 'shop', '-o', `jsonpath=${template}`)).out).toMatch(/^(\S+=Completed\n)+$/);
    expect(await run('status', 'shop', '-o', 'jsonpath={.metadata.name}')).toEqual({ code: 0, out: 'shop', err: '' });
    expect((await run('version', '-o', 'jsonpath={.client.node}')).out).toBe(process.version);
  });

  it('columns of one’s own, in an order of one’s own', async () => {
    const { out } = await run(
      'get',
      'components',
      '--sort-by',
      '.metadata.name',
      '-o',
      'custom-columns=NAME:.metadata.name,WHERE:spec.placements[*].namespace,NOT:.nope',
    );
    expect(out).toMatchInlineSnapshot(`
      "NAME          WHERE     NOT
      orders-db     shop      <none>
      recommender   shop-ml   <none>
      web           shop      <none>
      "
    `);
    expect((await run('get', 'components', '--no-headers', '-o', 'custom-columns=N:.metadata.name')).out).not.toContain('N\n');
    const names = (await run('get', 'points', '--sort-by', '{.metadata.name}', '-o', 'name')).out;
    expect(names.split('\n')).toEqual(names.split('\n').slice(0, -1).toSorted().concat(''));
  });

  it.each([
    ['jsonpath={.items[', '--output jsonpath={.items[ cannot be read: unterminated array'],
    ['custom-columns=NAME', '--output custom-columns=NAME cannot be read: "NAME" is not HEADER:.path'],
    ['jsonpat={.x}', '--output must be one of json, yaml, wide, name, jsonpath=, custom-columns=, not "jsonpat={.x}"'],
  ])('refuse %s before anything is asked', async (format, message) => {
    const ran = await run('get', 'points', '-o', format);
    expect(ran).toEqual({ code: 2, out: '', err: `error: ${message}\nSee "kubectl dr get --help"\n` });
  });

  it('say what cannot be found', async () => {
    const ran = await run('get', 'points', '-o', 'jsonpath={.items[99].metadata.name}');
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(
      /^error: jsonpath=\{\.items\[99\]\.metadata\.name\} cannot be filled in: array index out of bounds: index 99, length \d+\nnext: /,
    );
    expect(await run('get', 'points', '--sort-by', '{')).toMatchObject({ code: 2 });
    expect(await run('completion', 'bash', '-o', 'json')).toMatchObject({ code: 2, out: '' });
  });
});
