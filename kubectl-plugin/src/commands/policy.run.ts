import { engines } from '@kubectl-dr/core/engines/registry.generated';
import { InputError } from '@kubectl-dr/core/errors';
import { lintPolicies } from '@kubectl-dr/core/policy/lint';
import type { PolicyRendering } from '@kubectl-dr/core/policy/rendering/model';
import type { WirePolicyChange, WirePolicyLint } from '@kubectl-dr/core/wire/policy';
import { policyChangeToWire, policyLintToWire } from '@kubectl-dr/core/wire/encode-policy';
import { note } from '../cluster-notes.ts';
import { assertConfirmed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data, list } from '../output/data.ts';
import type { ShownChange } from '../output/policy.ts';
import { lintText, policyDiff, policyManifests } from '../output/policy.ts';
import { lookOf } from '../output/terminal.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  switch (args.positionals.ACTION) {
    case 'lint':
      return lint(args, context);
    case 'apply':
      return apply(args, context);
    default:
      return render(args, context);
  }
}

async function lint(args: Arguments, context: Context): Promise<number> {
  const { readCatalog } = await import('../connect.ts');
  const contents = await readCatalog(args, context);
  if (!contents) throw new InputError('there is no catalog to lint', { hint: 'name its files: kubectl dr policy lint -f FILE' });
  return showLint(lintPolicies(contents, engines).map(policyLintToWire), args, context);
}

export async function showLint(linted: WirePolicyLint[], args: Arguments, context: Context): Promise<number> {
  const text = await data(flagText(args, 'output'), list('PolicyLint', linted));
  context.output.out(text ?? lintText(linted, lookOf(context.output, 'out')));
  return linted.every(({ status }) => status.valid) ? exit.done : exit.unprotected;
}

async function rendering(args: Arguments, context: Context): Promise<PolicyRendering> {
  const { service, caller } = await context.fleet();
  const application = args.positionals.APP;
  const found = await service.policies(await caller(), { ...(application === undefined ? {} : { application }), signal: context.signal });
  for (const { severity, message, fix } of found.reasons) note(severity, message, fix, context.output);
  return found;
}

async function render(args: Arguments, context: Context): Promise<number> {
  const { changes } = await rendering(args, context);
  return showRendering(
    changes,
    changes.map((change) => policyChangeToWire(change, false)),
    args,
    context,
  );
}

export async function showRendering(
  changes: readonly ShownChange[],
  wire: WirePolicyChange[],
  args: Arguments,
  { output }: Context,
): Promise<number> {
  const format = flagText(args, 'output');
  if (args.flags.diff === true) {
    const text = await data(format, list('PolicyChange', wire));
    output.out(text ?? policyDiff(changes, lookOf(output, 'out')));
    return changes.some(({ action }) => action !== 'same') ? exit.error : exit.done;
  }
  const wanted = changes.filter(({ action }) => action !== 'remove');
  if (wanted.length === 0) output.err('No policy asks for a schedule.\n');
  else if (format === 'json')
    output.out(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: wanted.map(({ object }) => object) }, undefined, 2)}\n`);
  else output.out(await policyManifests(wanted));
  return exit.done;
}

async function apply(args: Arguments, context: Context): Promise<number> {
  const { changes } = await rendering(args, context);
  const { service, caller } = await context.fleet();
  const { output, signal } = context;
  const prune = args.flags.prune === true;
  const options = { prune, signal };
  const dryRun = args.flags['dry-run'] === true;
  output.err(policyDiff(changes, lookOf(output, 'err')));
  // Refused by a server: nothing was written.
  await service.applyPolicies(changes, await caller(), { ...options, dryRun: true });
  const removed = changes.filter(({ action }) => action === 'remove');
  if (prune && removed.length > 0 && !dryRun) {
    const whose = args.positionals.APP ?? 'all';
    await assertConfirmed(
      whose,
      `removes ${removed.map(({ object }) => object.metadata.name).join(', ')}; points that exist stay`,
      args,
      context,
    );
  }
  const done = dryRun ? [] : await service.applyPolicies(changes, await caller(), options);
  const text = await data(
    flagText(args, 'output'),
    list(
      'PolicyChange',
      changes.map((change) => policyChangeToWire(change, done.includes(change))),
    ),
  );
  if (text !== undefined) output.out(text);
  else {
    const words = { create: 'created', change: 'configured', remove: 'removed', same: 'unchanged', conflict: 'left alone' } as const;
    for (const change of changes) {
      const { action, type, object, cluster, why } = change;
      const said = action === 'remove' && !prune ? 'no longer asked for (--prune removes it)' : words[action];
      output.out(
        `${type.resource}.${type.group}/${object.metadata.name} ${said}${dryRun && action !== 'same' ? ' (dry run)' : ''} on ${cluster}${why ? `: ${why}` : ''}\n`,
      );
    }
  }
  return changes.some(({ action }) => action === 'conflict') ? exit.refused : exit.done;
}
