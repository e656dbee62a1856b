// Every command of `kubectl dr` as a page, from the definitions that help and completion have as well.
import path from 'node:path';
import { root } from '../install.mjs';

export const commandLine = {
  file: path.join(root, 'docs/cli.md'),
  missing: () => undefined,
  async make() {
    const { commands } = await import('../../../../kubectl-plugin/src/commands/index.ts');
    const { globalFlags } = await import('../../../../kubectl-plugin/src/definition.ts');
    const { exitLines, flagHead, shown, usageOf } = await import('../../../../kubectl-plugin/src/help.ts');
    const rows = (pairs) => pairs.map(([head, text]) => `| ${cell(`\`${head}\``)} | ${cell(text)} |`).join('\n');
    const table = (title, pairs) => (pairs.length === 0 ? [] : [`| ${title} | |\n| --- | --- |\n${rows(pairs)}`]);
    const flags = (declared) => shown(declared).map(([name, flag]) => [flagHead(name, flag), summaryOf(flag)]);
    const chapter = (command) => [
      `## ${command.name}`,
      `${command.summary}.`,
      `\`\`\`sh\n${command.examples.map(([line, what]) => `${line}   # ${what}`).join('\n')}\n\`\`\``,
      `Usage: \`${usageOf(command)}\``,
      ...table(
        'argument',
        command.positionals.map(({ name, summary }) => [name, summary]),
      ),
      ...table('flag', flags(command.flags)),
    ];
    return `${[
      '<!-- Generated from kubectl-plugin/src/commands by `npm run generate`. -->',
      '# kubectl dr',
      'Works as `kubectl dr ...` and as `kubectl-dr ...`. Flags stand anywhere after `dr`.',
      overview(commands),
      ...commands.flatMap(chapter),
      '## Flags of every command',
      ...table('flag', flags(globalFlags)),
      '## Exit codes',
      ...table('code', exitLines()),
    ].join('\n\n')}\n`;
  },
};

function overview(commands) {
  return `| command | does |\n| --- | --- |\n${commands.map(({ name, summary }) => `| [${name}](#${name}) | ${cell(summary)} |`).join('\n')}`;
}

function summaryOf({ summary, choices }) {
  const unsaid = (choices ?? []).filter((choice) => !summary.includes(choice));
  return unsaid.length > 0 && choices.length < 10 ? `${summary}: ${choices.join(', ')}` : summary;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
