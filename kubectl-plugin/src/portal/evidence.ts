import { drillOfOperation } from '@kubectl-dr/core/wire/encode-drill';
import type { WirePolicyChange } from '@kubectl-dr/core/wire/policy';
import { InputError } from '@kubectl-dr/core/errors';
import { note } from '../cluster-notes.ts';
import { showDiff } from '../commands/diff.run.ts';
import { showDoctor } from '../commands/doctor.run.ts';
import { run as runPolicy, showLint, showRendering } from '../commands/policy.run.ts';
import { daysOf, showEvidence, showReport } from '../commands/report.run.ts';
import type { Context } from '../context.ts';
import { flagList, flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import type { ShownChange } from '../output/policy.ts';
import type { Session } from './session.ts';

export async function diff(args: Arguments, context: Context, { client, options }: Session): Promise<number> {
  const component = flagList(args, 'component');
  const point = flagText(args, 'to');
  const query = { ...(component && { component }), ...(point !== undefined && { point }) };
  return showDiff(await client.diff(args.positionals.APP!, query, options()), args, context);
}

export async function doctor(args: Arguments, context: Context, { client, options }: Session): Promise<number> {
  const [report, clusters] = await Promise.all([client.doctor(args.positionals.APP, options()), client.clusters(options())]);
  return showDoctor(report, clusters.length, args, context);
}

export async function report(args: Arguments, context: Context, { client, options }: Session): Promise<number> {
  const drill = flagText(args, 'drill');
  if (drill !== undefined) {
    const operation = await client.operation(drill, options());
    if (operation.spec.intent !== 'Drill') throw new InputError(`${drill} is no drill`, { hint: 'list them with: kubectl dr get drills' });
    await showEvidence(await drillOfOperation(operation), args, context);
    return exit.done;
  }
  const made = await client.report(args.positionals.APP, { days: daysOf(args) }, options());
  await showReport(made, args, context);
  const { clusters } = made.status;
  for (const { metadata, status } of clusters)
    if (!status.reachable) note('warning', status.message ?? `${metadata.name} could not be read`, undefined, context.output);
  return clusters.length > 0 && clusters.every(({ status }) => !status.reachable) ? exit.error : exit.done;
}

export async function policy(args: Arguments, context: Context, { client, options }: Session): Promise<number> {
  const application = args.positionals.APP;
  const files = flagList(args, 'filename');
  switch (args.positionals.ACTION) {
    case 'lint':
      // Files here are nothing that a portal would know of.
      if (files) return runPolicy(args, context);
      return showLint(await client.policyLint(application, options()), args, context);
    case 'apply':
      throw new InputError('a portal writes no policies to clusters', {
        hint: 'commit what policy render prints, or apply it with credentials of the clusters',
      });
    default: {
      if (files) throw new InputError('a portal renders the policies of its own catalog', { hint: 'leave -f out' });
      const { items, reasons } = await client.policyChanges(application, options());
      for (const { severity, message, fix } of reasons) note(severity, message, fix, context.output);
      return showRendering(items.map(changeOf), items, args, context);
    }
  }
}

function changeOf({ metadata, spec, status }: WirePolicyChange): ShownChange {
  const { action, fields, why } = status;
  return {
    ...(spec as Pick<ShownChange, 'application' | 'policy' | 'object'>),
    cluster: metadata.cluster!,
    action,
    ...(fields && { fields: fields as NonNullable<ShownChange['fields']> }),
    ...(why !== undefined && { why }),
  };
}
