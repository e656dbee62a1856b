import type { Command, Flag } from './definition.ts';
import { globalFlags } from './definition.ts';
import { exit, meanings } from './exit-codes.ts';
import { wrap } from './output/text-width.ts';

/** Whatever the terminal: help is compared, copied and searched. */
const columns = 80;

/** Examples first, then what there is, on one screen. */
export function rootHelp(commands: readonly Command[]): string {
  return `Disaster recovery and backup for Kubernetes, seen from the application.

Examples:
${rows([
  ['kubectl dr status', 'Is everything safe, how old, what now?'],
  ['kubectl dr restore shop --as old', 'Bring it back beside the original'],
  ['kubectl dr restore shop --mode inPlace', 'Back where it is; undo takes it back'],
])}

Commands:
${rows(commands.map(({ name, summary }) => [name, summary]))}

Flags of kubectl (--context, -n, -o, --as ...) stand anywhere after "dr".
"kubectl dr COMMAND --help" tells of one, "kubectl dr options" the flags of all.
`;
}

export function optionsHelp(): string {
  return `Flags of every command, anywhere after "dr":\n${flagLines(shown(globalFlags))}

A fleet of several clusters is named by --contexts, by KUBECTL_DR_CONTEXTS, or
by dr.clusters in ./app-config.yaml or ~/.config/kubectl-dr/config.yaml;
otherwise it is the current context.

Exit codes:
${rows(exitLines().map(([code, meaning]) => [String(code).padStart(3), meaning]))}
`;
}

export function usageOf(command: Command): string {
  const positionals = command.positionals.map((positional) => (positional.required ? positional.name : `[${positional.name}]`));
  return ['kubectl dr', command.name, ...positionals, '[flags]'].join(' ');
}

export function commandHelp(command: Command): string {
  const own = shown(command.flags);
  const blocks = [
    wrap(`${command.summary}.`, columns, '').join('\n'),
    `Examples:\n${command.examples.map(([line, what]) => `  # ${what}\n  ${line}`).join('\n\n')}`,
    `Usage:\n  ${usageOf(command)}`,
  ];
  if (command.positionals.length > 0) blocks.push(`Arguments:\n${rows(command.positionals.map(({ name, summary }) => [name, summary]))}`);
  if (own.length > 0) blocks.push(`Flags:\n${flagLines(own)}`);
  blocks.push('"kubectl dr options" tells the flags of every command: --context, -n, -o ...');
  return `${blocks.join('\n\n')}\n`;
}

export function shown(flags: Readonly<Record<string, Flag>>): [string, Flag][] {
  return Object.entries(flags).filter(([, flag]) => !flag.hidden);
}

export function exitLines(): [code: number, meaning: string][] {
  return (Object.keys(exit) as (keyof typeof exit)[]).map((name) => [exit[name], meanings[name]]);
}

/** `-n, --namespace=NAMESPACE`. */
export function flagHead(name: string, { alias, value }: Flag): string {
  return `${alias === undefined ? '' : `-${alias}, `}${name.length === 1 ? '-' : '--'}${name}${value === undefined ? '' : `=${value}`}`;
}

function flagLines(flags: [string, Flag][]): string {
  return rows(flags.map(([name, flag]) => [`${flag.alias === undefined ? '    ' : ''}${flagHead(name, flag)}`, flag.summary]));
}

/** Two columns. What is longer than a line of most terminals goes on below its own column. */
function rows(pairs: readonly (readonly [head: string, text: string])[]): string {
  const width = Math.max(...pairs.map(([head]) => head.length));
  return pairs.flatMap(([head, text]) => wrap(`  ${head.padEnd(width)}  ${text}`, columns, ' '.repeat(width + 4))).join('\n');
}
