import type { Context } from '../context.ts';
import type { Kind } from '../kinds.ts';
import type { Items } from '../listing.ts';
import { age, duration, since, until } from '../view.ts';
import { capable, componentColumns, intoOf } from './columns.ts';
import { drillLines } from './drill.ts';
import { fieldLines, section } from './fields.ts';
import { operationLines } from './operation.ts';
import { setLines } from './sets.ts';
import { reasonLines } from './reasons.ts';
import type { Look } from './terminal.ts';
import { clean, lookOf } from './terminal.ts';

type Described = Exclude<Items[Kind], Items['apps']>;

/** Everything known about one thing, as kubectl describes: labels, values, then what belongs to it. */
export function describeText(item: Described, { output }: Pick<Context, 'output'>, now: Date): string {
  const look = lookOf(output, 'out');
  return `${linesOf(item, look, now).join('\n')}\n`;
}

function linesOf(item: Described, look: Look, now: Date): string[] {
  switch (item.kind) {
    case 'RecoveryPoint':
      return pointLines(item, look, now);
    case 'RecoverySet':
      return setLines(item, look);
    case 'Operation':
      return operationLines(item, look, now);
    case 'Drill':
      return drillLines(item, look);
    case 'Component':
      return [
        ...fieldLines(
          componentColumns(now)
            .filter(({ header }) => header !== 'reason')
            .map(({ header, value }) => [header[0]!.toUpperCase() + header.slice(1), value(item)]),
          look,
        ),
        ...section('Reasons', reasonLines(item.status.reasons, { indent: '  ', look, evidence: true })),
      ];
    case 'Restore':
      return restoreLines(item, look);
    case 'Schedule':
      return fieldLines(
        [
          ['Name', item.metadata.name],
          ['Cluster', item.metadata.cluster],
          ['Engine', item.spec.engine],
          ['Schedule', [item.spec.expression, item.spec.timeZone].filter(Boolean).join(' ')],
          ['Paused', String(item.spec.paused)],
          ['Last run', ago(item.status.lastRun, now)],
          ['Next run', until(item.status.nextRun, now)],
          ['Keeps', duration(item.spec.keepForSeconds)],
          ['Covers', scopeText(item.spec.scope)],
          ['Location', item.spec.location],
          ['Application', item.spec.application],
          ['Policy', item.spec.policy],
          ['Message', item.status.message],
        ],
        look,
      );
    case 'Replication':
      return replicationLines(item, look, now);
    case 'StorageLocation':
      return fieldLines(
        [
          ['Name', item.metadata.name],
          ['Cluster', item.metadata.cluster],
          ['Engine', item.spec.engine],
          ['Target', [item.spec.provider, item.spec.target].filter(Boolean).join(' ')],
          ['Access', item.spec.accessMode],
          ['Default', String(item.spec.default)],
          ['Phase', item.status.phase],
          ['Validated', ago(item.status.lastValidated, now)],
          ['Message', item.status.message],
        ],
        look,
      );
    case 'DRPolicy':
      return fieldLines(
        [
          ['Name', item.metadata.name],
          ['Owner', item.spec.owner],
          ['RPO', duration(item.spec.objectives.rpoSeconds)],
          ['RTO', duration(item.spec.objectives.rtoSeconds)],
          ['Schedule', item.spec.schedule],
          ['Keeps', `${duration(item.spec.keepForSeconds)}, at least ${item.spec.keepAtLeast}`],
          ['Engines', item.spec.engines.join(', ')],
          [
            'Self service',
            Object.entries(item.spec.selfService)
              .map(([action, who]) => `${action}: ${who}`)
              .join(', '),
          ],
          ['Applications', item.status.applications.join(', ')],
          ['Revision', item.spec.revision],
        ],
        look,
      );
    case 'Cluster':
      return [
        ...fieldLines(
          [
            ['Name', item.metadata.name],
            ['Identity', item.spec.identity],
            ['Reachable', item.status.reachable ? 'yes' : `no: ${item.status.message ?? ''}`],
            ['Its clock', item.status.now],
            ...item.status.engines.map(({ engine, installed, namespace, version }): [string, string] => [
              'Engine',
              installed ? [engine, version, namespace && `in ${namespace}`].filter(Boolean).join(' ') : `${engine} is not installed`,
            ]),
          ],
          look,
        ),
        ...item.status.engines.flatMap(({ reasons }) => reasonLines(reasons, { indent: '  ', look, evidence: true })),
      ];
    case 'Engine':
      return fieldLines(
        [
          ['Name', item.metadata.name],
          ['Title', item.spec.title],
          ['Installed on', item.status.clusters.join(', ')],
          ['Can', capable(item, true)],
          ['Cannot', capable(item, false)],
        ],
        look,
      );
  }
}

function replicationLines({ metadata, spec, status }: Items['replications'], look: Look, now: Date): string[] {
  return [
    ...fieldLines(
      [
        ['Name', metadata.name],
        ['Claim', `${metadata.namespace}/${spec.claim}`],
        ['Engine', spec.engine],
        ['Way', `${spec.from ?? '<unknown>'} -> ${spec.to ?? '<unknown>'}`],
        ['Every', duration(spec.intervalSeconds)],
        ['State', status.phase],
        ['Behind', age(status.lagSeconds)],
        [
          'A failover now',
          status.wouldLoseSeconds === undefined ? 'nobody can tell what it would lose' : `would lose ${age(status.wouldLoseSeconds)}`,
        ],
        ['Application', spec.application],
        ['Policy', spec.policy],
      ],
      look,
    ),
    ...status.ends.flatMap((end) => [
      '',
      ...fieldLines(
        [
          [end.role === 'source' ? 'Source' : 'Target', `${end.name} on ${end.cluster}`],
          ['  Status', `${end.nativePhase || '<none>'} (${end.phase})${end.paused ? ', paused' : ''}`],
          ['  Last sync', ago(end.lastSync, now)],
          ['  Data of', end.capturedAt && `${end.capturedAt}, ${age(end.lagSeconds) ?? '<unknown>'} old`],
          ['  Next sync', until(end.nextSync, now)],
          ...(end.role === 'target' ? [['  Holds', end.holds ? 'what can be promoted' : 'nothing'] as [string, string]] : []),
          ['  Message', end.message],
        ],
        look,
      ),
    ]),
  ];
}

function pointLines({ metadata, spec, status }: Items['points'], look: Look, now: Date): string[] {
  const use = (status.use ?? []).flatMap((entry) => [
    `  ${clean(entry.component)}: ${entry.usable === 'unknown' && entry.reasons.length === 0 ? 'not read; a plan reads it' : entry.usable}`,
    ...reasonLines(entry.reasons, { indent: '    ', look, evidence: true }),
  ]);
  return [
    ...fieldLines(
      [
        ['Name', metadata.name],
        ['Id', spec.id],
        ['Engine', spec.engine],
        ['Status', `${status.nativePhase || '<none>'} (${status.phase})`],
        ['Captured', status.capturedAt && `${status.capturedAt}, ${age(status.ageSeconds) ?? '<unknown>'} old`],
        ['Expires', status.expiresAt && [status.expiresAt, until(status.expiresAt, now)].filter(Boolean).join(', ')],
        ['Items', countsOf(status)],
        ['Covers', scopeText(spec.scope)],
        ['Location', spec.location],
        ['Schedule', spec.schedule],
        ['Message', status.message],
      ],
      look,
    ),
    ...section('Brings back', use.length > 0 ? use : ['  no component that is known']),
    ...((status.use ?? []).length > 0
      ? ['', 'Next:', `  kubectl dr plan restore ${clean(status.use![0]!.component.split('/')[0]!)} --to ${clean(metadata.name)}`]
      : []),
  ];
}

function restoreLines(item: Items['restores'], look: Look): string[] {
  const { metadata, spec, status } = item;
  const { requestedAt, endedAt } = status;
  return [
    ...fieldLines(
      [
        ['Name', metadata.name],
        ['Cluster', metadata.cluster],
        ['Engine', spec.engine],
        ['Application', spec.application],
        ['Points', spec.points.join(', ')],
        ['Mode', spec.mode],
        ['Into', intoOf(item)],
        ['State', status.nativePhase && status.nativePhase !== status.state ? `${status.nativePhase} (${status.state})` : status.state],
        [
          'Asked for',
          [requestedAt, requestedAt && `${age(status.ageSeconds) ?? '<unknown>'} ago`, status.requestedBy && `by ${status.requestedBy}`]
            .filter(Boolean)
            .join(', '),
        ],
        ['Ended', endedAt],
        ['Items', countsOf(status)],
        ['Message', status.message],
      ],
      look,
    ),
    ...(spec.operation === undefined ? [] : ['', 'Next:', `  kubectl dr describe operation ${clean(spec.operation)}`]),
  ];
}

function countsOf({ items, errors, warnings }: Pick<Items['points']['status'], 'items' | 'errors' | 'warnings'>): string | undefined {
  const parts = [
    items === undefined ? undefined : String(items),
    errors ? `${errors} errors` : undefined,
    warnings ? `${warnings} warnings` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(', ') : undefined;
}

function ago(instant: string | undefined, now: Date): string | undefined {
  const passed = since(instant, now);
  return passed && `${passed} ago`;
}

function scopeText({
  namespaces,
  excludedNamespaces,
  labelSelector,
  includedResources,
  excludedResources,
}: Items['points']['spec']['scope']) {
  return [
    namespaces === '*' ? 'every namespace' : `namespaces ${namespaces.join(', ')}`,
    excludedNamespaces.length > 0 ? `but not ${excludedNamespaces.join(', ')}` : undefined,
    labelSelector === undefined ? undefined : `labels ${labelSelector}`,
    includedResources === undefined ? undefined : `only ${includedResources.join(', ')}`,
    excludedResources === undefined ? undefined : `without ${excludedResources.join(', ')}`,
  ]
    .filter((part) => part !== undefined)
    .join('; ');
}
