import { commands } from './index.ts';
import { commandHelp, optionsHelp, rootHelp } from '../help.ts';
import { parse } from '../parse.ts';
import { UsageError } from '../exit-codes.ts';

const command = (name: string) => commands.find((candidate) => candidate.name === name)!;

describe('command definitions', () => {
  it('are light: every handler arrives by a dynamic import that resolves', async () => {
    for (const definition of commands) expect(typeof (await definition.load()).run, definition.name).toBe('function');
  });

  it('have help with examples first, on one screen', () => {
    for (const definition of commands) {
      const help = commandHelp(definition);
      expect(help.indexOf('Examples:'), definition.name).toBeLessThan(help.indexOf('Usage:'));
      expect(help.split('\n').length, definition.name).toBeLessThan(40);
    }
    expect(rootHelp(commands).split('\n').length).toBeLessThan(40);
    const longest = [rootHelp(commands), optionsHelp()].flatMap((help) => help.split('\n')).map((line) => line.length);
    expect(Math.max(...longest)).toBeLessThanOrEqual(120);
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
  ])('refuses %j', async (argv, message) => {
    const [name, ...rest] = argv;
    const refusal = await parse(rest, command(name!)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UsageError);
    expect((refusal as UsageError).message).toContain(message);
  });
});
