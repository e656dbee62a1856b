import { commands } from './index.ts';
import { commandHelp, optionsHelp, rootHelp } from '../help.ts';
import { parse } from '../parse.ts';
import { UsageError } from '../exit-codes.ts';
import { handlers as acting } from '../acting.ts';
import { handlers as looking } from '../looking.ts';

const command = (name: string) => commands.find((candidate) => candidate.name === name)!;

describe('command definitions', () => {
  it('have a handler each, and no handler is without a definition', async () => {
    const names = (looks: boolean) =>
      commands
        .filter((definition) => Boolean(definition.looks) === looks)
        .map(({ name }) => name)
        .toSorted();
    expect(Object.keys(looking).toSorted()).toEqual(names(true));
    expect(Object.keys(acting).toSorted()).toEqual(names(false));
    for (const [name, load] of Object.entries({ ...looking, ...acting })) expect(typeof (await load()).run, name).toBe('function');
  });

  it('have help with examples first, on one screen', () => {
    for (const definition of commands) {
      const help = commandHelp(definition);
      expect(help.indexOf('Examples:'), definition.name).toBeLessThan(help.indexOf('Usage:'));
      expect(help.split('\n').length, definition.name).toBeLessThan(40);
    }
    expect(rootHelp(commands).split('\n').length).toBeLessThan(40);
    const longest = [rootHelp(commands), optionsHelp(), ...commands.map(commandHelp)]
      .flatMap((help) => help.split('\n'))
      .map((line) => line.length);
    expect(Math.max(...longest)).toBeLessThanOrEqual(80);
  });

  it('repeat no name', () => {
    expect(new Set(commands.map((definition) => definition.name)).size).toBe(commands.length);
  });
});

describe('parse', () => {
  it('accepts kubectl flags anywhere and keeps words as they are', async () => {
    const args = await parse(['--context', 'west', 'points', '-n', '1e3', '-o=wide'], command('get'));
    expect(args.positionals.KIND).toBe('points');
    expect(args.flags.namespace).toBe('1e3');
    expect(args.flags.context).toBe('west');
    expect(args.flags.output).toBe('wide');
  });

  it('collects repeatable flags', async () => {
    const args = await parse(['shop', '--component', 'web', '--component=cart', '--as-group', 'a', '--as-group', 'b'], command('restore'));
    expect(args.flags.component).toEqual(['web', 'cart']);
    expect(args.flags['as-group']).toEqual(['a', 'b']);
  });

  it('reads --as as the namespace on restore and as the user elsewhere', async () => {
    const { flags } = await parse(['shop', '--as', 'shop-copy'], command('restore'));
    expect(flags).toEqual({ as: 'shop-copy' });
    expect((await parse(['--as', 'alice'], command('status'))).flags['as-user']).toBe('alice');
  });

  it.each([
    [['get'], 'KIND is missing'],
    [['get', 'things'], 'KIND must be one of'],
    [['get', 'points', 'a', 'b'], 'unexpected argument "b"'],
    [['status', '--nope'], 'unknown flag: --nope'],
    [['status', '-o', 'xml'], '--output must be one of'],
    [['status', '-n', 'a', '-n', 'b'], '--namespace was given 2 times'],
    [['status', '--v', 'x'], '--v must be a number'],
    [['status', '--chek'], 'unknown flag: --chek, did you mean --check?'],
    [['status', '-Z'], "unknown shorthand flag: 'Z'"],
    [['status', '-o'], 'flag needs an argument: -o'],
    [['relocate', 'shop', '--dry-run', '--to', 'west'], '--dry-run must be one of client, server, not "--to"'],
    [['status', '--check=perhaps'], '--check is a switch'],
    [['restore', 'shop', '--mode', 'inplace'], 'did you mean "inPlace"?'],
  ])('refuses %j', async (argv, message) => {
    const [name, ...rest] = argv;
    const refused = parse(rest, command(name!));
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
  });

  it.each([
    [['-nshop'], { namespace: 'shop' }],
    [['-n=shop'], { namespace: 'shop' }],
    [['-Aoyaml'], { 'all-namespaces': true, output: 'yaml' }],
    [['--check=T'], { check: true }],
    [['--check', '--check=0'], { check: false }],
    [['--token', '--odd'], { token: '--odd' }],
    [['--server', 'https://[::1]:6443/a=b'], { server: 'https://[::1]:6443/a=b' }],
    [['-v6'], { v: 6 }],
    [['-An', 'shop'], { 'all-namespaces': true, namespace: 'shop' }],
    [['--check=false'], { check: false }],
    [['-v=6'], { v: 6 }],
    [['--v', '6'], { v: 6 }],
    [['-n', '--', '--check'], { namespace: '--', check: true }],
    [['--namespace='], { namespace: '' }],
  ])('reads %j as pflag does', async (argv, flags) => {
    expect((await parse(argv, command('status'))).flags).toEqual(flags);
  });

  it('takes words that look like flags after --', async () => {
    expect(await parse(['--check', '--', '--odd'], command('status'))).toEqual({ positionals: { APP: '--odd' }, flags: { check: true } });
  });
});
