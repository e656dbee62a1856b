import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import { plainYaml } from './plain-yaml.ts';

const written = `apiVersion: v1
kind: Config
current-context: east
preferences: {}
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTg==
    server: https://127.0.0.1:6443/clusters/east
  name: east
contexts:
  # as another tool indents
  - name: east
    context: { cluster: east }
users:
- name: "east"
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      args:
      - get-token
      - --login
      env: null
      provideClusterInfo: false
`;

describe('plainYaml', () => {
  it('reads what kubectl writes', () => {
    const source = written.replace('{ cluster: east }', '\n      cluster: east\n      user: east');
    expect(plainYaml(source)?.value).toEqual(parseDocument(source).toJS());
    expect(plainYaml(source)).toBeDefined();
  });

  it.each([
    ['flow style', written],
    ['a number', 'a: 12'],
    ['an escape', 'a: "x\\ty"'],
    ['a block scalar', 'a: |\n  b'],
    ['a text over two lines', 'a: b\n  c'],
    ['an anchor', 'a: &x b'],
    ['a document mark', '---\na: b'],
    ['a repeated key', 'a: b\na: c'],
    ['a comment behind a value', 'a: b # c'],
    ['nothing', ''],
    ['a tab', 'a:\tb'],
    ['a list in a list', '- - a'],
    ['a wrong depth', 'a:\n    b: c\n  d: e'],
  ])('leaves %s to a real parser', (_, source) => {
    expect(plainYaml(source)).toBeUndefined();
  });

  const key = fc.constantFrom('name', 'cluster', 'user', 'args', 'certificate-authority-data', 'a.b/c');
  const scalar = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.constantFrom('yes', '~', '1e3', '- a', 'a: b', '#x', '0x1f', '.5', '{}'),
  );
  const tree = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(key, tie('value'), { maxKeys: 4 })),
  })).value;

  it('says what a real parser says, of what is written by one', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1 }), fc.constantFrom(true, false), (value, indentSeq) => {
        const found = plainYaml(stringify(value, { indentSeq, lineWidth: 0 }));
        if (found === undefined) return;
        plain += 1;
        expect(found.value).toEqual(value);
      }),
    );
    expect(plain).toBeGreaterThan(0);
  });

  const line = fc.tuple(
    fc.constantFrom('', '  ', '    '),
    fc.constantFrom('- ', 'a: ', 'a:', 'b: ', '- a: ', '', '-'),
    fc.constantFrom('x', '"x"', "'x'", '', 'x: y', '# x', 'true', '7', '[]', '|', 'x y', "it's", ':', 'a:b'),
  );
  it('says what a real parser says, of any lines', () => {
    fc.assert(
      fc.property(
        fc.array(
          line.map((parts) => parts.join('')),
          { maxLength: 6 },
        ),
        (lines) => {
          const source = lines.join('\n');
          const found = plainYaml(source);
          if (found === undefined) return;
          const document = parseDocument(source);
          expect({ source, value: found.value, errors: document.errors }).toEqual({ source, value: document.toJS(), errors: [] });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
