import type { PolicyChange } from '@kubectl-dr/core/policy/rendering/model';
import { counted } from '@kubectl-dr/core/text/counted';
import type { WirePolicyLint } from '@kubectl-dr/core/wire/policy';
import { changeLines } from './changes.ts';
import { wrap, wrapStep } from './text-width.ts';
import type { Look, Style } from './terminal.ts';
import { clean, nextStep, paint } from './terminal.ts';

export type ShownChange = Omit<PolicyChange, 'type' | 'owns'>;

/** What would change on the clusters, by place. */
export function policyDiff(changes: readonly ShownChange[], look: Look): string {
  const differing = changes.filter(({ action }) => action !== 'same');
  const same = changes.length - differing.length;
  const lines = changeLines(
    differing.map(({ action, cluster, object, fields, why }) => ({
      action: action as Exclude<PolicyChange['action'], 'same'>,
      cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace }),
      name: object.metadata.name,
      ...(fields && { fields }),
      ...(why !== undefined && { why }),
    })),
    [],
    look,
    { title: 'Schedules' },
  );
  const sum = `${counted(same, 'schedule')} as the policies say`;
  if (differing.length === 0) return `Everything is as the policies say: ${counted(same, 'schedule')}\n`;
  return `${[...lines.slice(1), '', ...(same > 0 ? [sum, ''] : [])].join('\n')}`;
}

/** YAML documents with a line that says for which cluster each is. */
export async function policyManifests(changes: readonly ShownChange[]): Promise<string> {
  const { stringify } = await import('yaml');
  return changes
    .map(
      ({ cluster, application, policy, object }) =>
        `# ${clean(cluster)}: ${clean(application)}, policy ${clean(policy)}\n${stringify(object)}`,
    )
    .join('---\n');
}

const words: Record<string, [word: string, style: Style]> = {
  blocker: ['error', 'red'],
  critical: ['error', 'red'],
  warning: ['warning', 'yellow'],
  info: ['note', 'grey'],
};

export function lintText(linted: readonly WirePolicyLint[], look: Look): string {
  const lines = linted.flatMap(({ metadata, status: { valid, problems } }) => [
    `${paint(look.color, 'bold', clean(metadata.name))}  ${paint(look.color, valid ? 'green' : 'red', valid ? 'ok' : 'wrong')}`,
    ...problems.flatMap(({ severity, message, fix }) => {
      const [word, style] = words[severity]!;
      const [first, ...rest] = wrap(`  ${word}  ${clean(message, 600)}`, look.width, '    ');
      return [
        first!.replace(word, paint(look.color, style, word)),
        ...rest,
        ...(fix ? wrapStep(`    next: ${nextStep(fix)}`, look.width, '          ') : []),
      ];
    }),
  ]);
  return linted.length === 0 ? 'There is no policy in the catalog.\n' : `${lines.join('\n')}\n`;
}
