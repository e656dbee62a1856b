import type { Command, Flag } from './definition.ts';
import { globalFlags } from './definition.ts';
import { exit, meanings } from './exit-codes.ts';

/** Examples first, then what there is, on one screen. */
export function rootHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return `Disaster recovery and backup for Kubernetes, seen from the application.

Examples:
  kubectl dr status                       Is everything safe, how old is it, what now?
  kubectl dr status shop                  One application, component by component
  kubectl dr backup shop                  Make a recovery point now
  kubectl dr restore shop --as shop-old   Bring it back beside the original
  kubectl dr diff shop                    What differs from its newest point
  kubectl dr restore shop --mode inPlace  Take it back where it is; undo takes that back

Commands:
${commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`).join('\n')}

Flags of kubectl such as --context, --kubeconfig, -n, -o and --as are accepted anywhere after "dr".
Use "kubectl dr COMMAND --help" for one command, "kubectl dr options" for the flags of all.
`;
}

export function optionsHelp(): string {
  return `Flags of every command, anywhere after "dr":\n${flagLines(shown(globalFlags))}

A fleet of several clusters is named by --contexts, by KUBECTL_DR_CONTEXTS, or by dr.clusters in ./app-config.yaml or
~/.config/kubectl-dr/config.yaml; otherwise it is the current context.

Exit codes:
${exitLines()
  .map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n')}
`;
}

export function usageOf(command: Command): string {
  const positionals = command.positionals.map((positional) => (positional.required ? positional.name : `[${positional.name}]`));
  return ['kubectl dr', command.name, ...positionals, '[flags]'].join(' ');
}

export function commandHelp(command: Command): string {
  const own = shown(command.flags);
  const blocks = [
    command.summary + '.',
    `Examples:\n${command.examples.map(([line, what]) => `  # ${what}\n  ${line}`).join('\n\n')}`,
    `Usage:\n  ${usageOf(command)}`,
  ];
  if (command.positionals.length > 0) {
    const width = Math.max(...command.positionals.map((positional) => positional.name.length));
    blocks.push(`Arguments:\n${command.positionals.map((p) => `  ${p.name.padEnd(width)}  ${p.summary}`).join('\n')}`);
  }
  if (own.length > 0) blocks.push(`Flags:\n${flagLines(own)}`);
  blocks.push('Use "kubectl dr options" for the flags that every command takes, such as --context, -n and -o.');
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
  const heads = flags.map(([name, flag]) => `${flag.alias === undefined ? '    ' : ''}${flagHead(name, flag)}`);
  const width = Math.max(...heads.map((head) => head.length));
  return flags.map(([, flag], index) => `  ${heads[index]!.padEnd(width)}  ${flag.summary}`).join('\n');
}
