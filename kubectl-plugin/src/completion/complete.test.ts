import { commands } from '../commands/index.ts';
import { completionOf } from './complete.ts';

/** What is known without a cluster: the words, or what is asked of the clusters. */
async function asked(line: string): Promise<string[] | string> {
  const found = await completionOf(line.split(' '), commands);
  const words = found.candidates.map(({ word }) => word);
  if ('live' in found) return [found.live, ...words].join(' ');
  return found.files ? 'files' : words;
}

it.each([
  [
    'get ',
    [
      'apps',
      'components',
      'points',
      'sets',
      'restores',
      'schedules',
      'replications',
      'policies',
      'locations',
      'operations',
      'drills',
      'clusters',
    ],
  ],
  ['get points ', 'points'],
  ['describe operation ', 'operations'],
  ['get app ', 'apps'],
  ['-n shop status ', 'apps'],
  ['status shop ', []],
  ['status -', ['--check']],
  ['restore shop --to ', 'points latest'],
  ['restore shop --to=', 'points latest'],
  ['restore shop --component ', 'components'],
  ['restore shop --as ', 'namespaces'],
  ['restore shop --mode=', ['clone', 'inPlace', 'dataOnly', 'configOnly']],
  ['plan ', ['restore', 'drill', 'failover', 'relocate', 'failback', 'backup']],
  ['wait ', 'operations'],
  ['wait --for protected ', 'apps'],
  ['apply -f ', 'files'],
  ['status -n ', 'namespaces'],
  ['status -An ', 'namespaces'],
  ['status --context ', 'contexts'],
  ['status --kubeconfig ', 'files'],
  ['status -o ', ['json']],
  ['status --color ', ['auto', 'always', 'never']],
  ['status -- -', 'apps'],
  ['explain ', 'reasons'],
  ['--context ', 'contexts'],
  ['nope ', []],
])('%s', async (line, expected) => {
  const words = await asked(line);
  expect(Array.isArray(words) && Array.isArray(expected) ? words.slice(0, expected.length) : words).toEqual(expected);
});

it('begins with the commands, and offers a flag once unless it may be repeated', async () => {
  expect(await asked('')).toEqual(commands.map(({ name }) => name));
  expect(await asked('help ')).toEqual(commands.map(({ name }) => name));
  const left = await asked('restore shop --component web --to latest --');
  expect(left).toContain('--component');
  expect(left).not.toContain('--to');
});

it('knows what completes every word that a definition prints', async () => {
  const without = commands.flatMap((command) => [
    ...command.positionals.filter(({ choices }) => !choices).map(({ name }) => `${command.name} ${name}`),
    ...Object.values(command.flags)
      .filter(({ type, choices }) => type !== 'boolean' && !choices)
      .map(({ value }) => `${command.name} ${value}`),
  ]);
  const free = /(TEXT|FROM=TO|K=V|SELECTOR|\d+[hmd]|PORT|WHAT|\.PATH)$/;
  for (const word of without.filter((each) => !free.test(each))) {
    const [name, value] = [word.slice(0, word.indexOf(' ')), word.slice(word.indexOf(' ') + 1)];
    const command = commands.find((each) => each.name === name)!;
    const flag = Object.entries(command.flags).find(([, each]) => each.value === value);
    const before = command.positionals.slice(
      0,
      command.positionals.findIndex((each) => each.name === value),
    );
    const line = flag ? `${name} --${flag[0]} ` : `${name} ${before.map(({ choices = ['x'] }) => `${choices[0]} `).join('')}`;
    expect(await asked(line), word).not.toEqual([]);
  }
});
