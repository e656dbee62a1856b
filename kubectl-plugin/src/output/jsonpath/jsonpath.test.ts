import { evaluate, find } from './evaluate.ts';
import { JsonPathError, parsePath, parseTemplate } from './template.ts';

const fill = (template: string, value: unknown): string => evaluate(parseTemplate(template), value);

/** What client-go's own tests of the dialect are about, on our kind of data. */
const fleet = {
  kind: 'List',
  title: 'fleet',
  days: ['Mon', 'Tue', 'Wed', 'Thu'],
  mixed: [true, 'one', 1, 1.5],
  numbers: [2, 6, 3, 7],
  labels: { 'k8s-app': 20, 'web/html': 15, plain: 10 },
  items: [
    {
      metadata: { name: 'shop', labels: { 'kubernetes.io/hostname': 'n1' }, annotations: { color: 'blue' } },
      status: {
        ready: true,
        ageSeconds: 60,
        volumes: [
          { claim: 'a', used: [{ id: 1 }, { id: 2 }] },
          { claim: 'b', used: [{ id: 3 }] },
        ],
      },
    },
    { metadata: { name: 'crm' }, status: { ready: false, ageSeconds: 7200, volumes: [{ claim: 'c', used: [] }], capacity: { cpu: '4' } } },
  ],
  users: [
    { name: 'myself', user: {} },
    { name: 'e2e', user: { username: 'admin', rank: 3 } },
  ],
};

it.each([
  ['text alone', 'hello', 'hello'],
  ['text around', 'before-{.title}-after', 'before-fleet-after'],
  ['nothing for what is missing', 'before-{.nope.deeper}after', 'before-after'],
  ['the root', '{$.title}{@.kind}', 'fleetList'],
  ['quoted text', `{"{"}{'}'}{"\\t\\n\\u00e9"}`, '{}\t\n\u00e9'],
  ['list as JSON', '{.days}', '["Mon","Tue","Wed","Thu"]'],
  ['mixed list', '{.mixed}', '[true,"one",1,1.5]'],
  ['keys in order', '{.labels}', '{"k8s-app":20,"plain":10,"web/html":15}'],
  ['index', '{.days[0]}', 'Mon'],
  ['from the end', '{.days[-1]} {.days[-4]}', 'Thu Mon'],
  ['slice', '{.days[0:2]}', 'Mon Tue'],
  ['slice from the begin', '{.days[:2]}', 'Mon Tue'],
  ['slice to the end', '{.days[-2:]}', 'Wed Thu'],
  ['slice up to the last', '{.days[0:-1]}', 'Mon Tue Wed'],
  ['step', '{.days[::2]}', 'Mon Wed'],
  ['step from', '{.days[1::2]}', 'Tue Thu'],
  ['step beyond', '{.days[1:4:4]}', 'Tue'],
  ['empty slices', '{.days[0:0]}{.days[5:5]}{.days[-5:-5]}', ''],
  ['all of a list', '{.days[*]}', 'Mon Tue Wed Thu'],
  ['union of indices', '{.days[1,3]}', 'Tue Thu'],
  ['union of keys', "{.items[*]['metadata.name', 'status.ready']}", 'shop crm true false'],
  ['key in brackets', "{.items[0]['metadata']['name']}", 'shop'],
  ['keys with dashes and slashes', '{.labels.k8s-app} {.labels.web/html}', '20 15'],
  ['escaped dot', '{.items[0].metadata.labels.kubernetes\\.io/hostname}', 'n1'],
  ['all fields', '{.items[1].status.capacity.*}', '4'],
  ['through lists', '{.items[*].status.volumes[*].claim}', 'a b c'],
  ['anywhere below', '{..claim}', 'a b c'],
  ['anywhere below, with a dot', '{...claim}', 'a b c'],
  ['anywhere below, then an index', '{..volumes[0].claim}', 'a c'],
  ['everything below', '{.numbers..}', '[2,6,3,7]'],
  ['filter on itself', '{.numbers[?(@<5)]}', '2 3'],
  ['filter equal', '{.users[?(@.name=="e2e")].user.username}', 'admin'],
  ['filter in single quotes', "{.users[?(@.name=='e2e')].user.username}", 'admin'],
  ['filter with spaces', '{.users[?(@.name == "e2e")].name}', 'e2e'],
  ['filter unequal', '{.users[?(@.name!="e2e")].name}', 'myself'],
  ['filter truth', '{.items[?(@.status.ready==true)].metadata.name}', 'shop'],
  ['filter number', '{.items[?(@.status.ageSeconds>=7200)].metadata.name}', 'crm'],
  ['filter that exists', '{.items[?(@.status.capacity)].metadata.name}', 'crm'],
  ['filter anywhere below', '{.items[?(@..ready==true)].metadata.name}', 'shop'],
  ['filter where some lack it', '{.items[?(@.metadata.annotations.color=="blue")].metadata.name}', 'shop'],
  ['filter with an escaped key', '{.items[?(@.metadata.labels.kubernetes\\.io/hostname=="n1")].metadata.name}', 'shop'],
  ['filter by pattern', "{.items[?(@.metadata.name=~'^s.*p$')].metadata.name}", 'shop'],
  ['filter without @', '{range .items[?(.status.ready==true)]}{.metadata.name}{" is\\n"}{end}', 'shop is\n'],
  ['range', '{range .items[*]}{.metadata.name}, {end}{.kind}', 'shop, crm, List'],
  ['range with text in brackets', '{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}', '[shop, ] [crm, {"cpu":"4"}] '],
  ['range in range', '{range .items[*]}{.metadata.name}:{range .status.volumes[*]}{.claim},{end}+{end}', 'shop:a,b,+crm:c,+'],
  [
    'range in range in range',
    '{range .items[*]}{.metadata.name}~{range @.status.volumes[*]}{.claim}:{range @.used[*]}{.id},{end}+{end}#{end}',
    'shop~a:1,2,+b:3,+#crm~c:+#',
  ],
  [
    'two ranges side by side',
    '{range .items[*]}{range .status.volumes[*]}{.claim} {end}/{range .status.volumes[*]}{.claim} {end};{end}',
    'a b /a b ;c /c ;',
  ],
  ['range over nothing', '{range .nope[*]}{range .more[*]}{.x}{end}y{end}z', 'z'],
  ['whole objects', '{range .users[*]}{@} {end}', '{"name":"myself","user":{}} {"name":"e2e","user":{"rank":3,"username":"admin"}} '],
])('%s', (_, template, expected) => {
  expect(fill(template, fleet)).toBe(expected);
});

it.each([
  ['{hello}', 'unrecognized identifier hello'],
  ['{.a', 'unclosed action'],
  ['{.a\n}', 'unclosed action'],
  ['{.a[}', 'unterminated array'],
  ['{.a[x]}', 'invalid array index x'],
  ['{.a[?(@.b==1]}', 'unterminated filter'],
  ['{.a[?(@.b<>1)]}', 'unrecognized filter operator <>'],
  ['{"abc}', 'unterminated quoted string'],
  ['{....a}', 'invalid multiple recursive descent'],
  ['{range .a[*]}{end}{end}', 'not in range, nothing to end'],
  ['{#}', 'unrecognized character in action: #'],
  ['{-}', 'cannot parse number -'],
])('refuses %s', (template, message) => {
  expect(() => parseTemplate(template)).toThrow(new JsonPathError(message));
});

it.each([
  ['{.labels[0]}', 'object is not array or slice'],
  ['{.days[7]}', 'array index out of bounds: index 7, length 4'],
  ['{.days[-5]}', 'array index out of bounds: index -1, length 4'],
  ['{.days[3:1]}', 'starting index 3 is greater than ending index 1'],
  ['{.days[-1:0]}', 'starting index 3 is greater than ending index 0'],
  ['{.days[0:4:0]}', 'step must be > 0'],
  ['{.days[0:4:-1]}', 'step must be > 0'],
  ['{.labels[?(@.x)]}', 'is not array or slice and cannot be filtered'],
  ['{.items[?(@.status.ready=~"t.*")]}', 'regexp search only support string now'],
  ['{.numbers[?(@=~"[")]}', 'regexp search only support string now'],
  ['{.days[?(@=~"[")]}', '[ is not a regular expression'],
  ['{.days[?(@==1)]}', 'incompatible types for comparison'],
])('cannot fill in %s', (template, message) => {
  expect(() => fill(template, fleet)).toThrow(message);
});

it.each(['.metadata.name', 'metadata.name', '{.metadata.name}', '$.metadata.name', "['metadata'].name"])('reads the path %s', (path) => {
  expect(find(parsePath(path), fleet.items[0])).toEqual(['shop']);
});
