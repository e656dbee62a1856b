import { counted } from '@kubectl-dr/core/text/counted';
import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { age } from '../view.ts';
import { fieldLines, section } from './fields.ts';
import type { Column } from './table.ts';
import { clean, type Look, type Style } from './terminal.ts';

const styles: Record<WireListedSet['status']['consistency'], Style | undefined> = {
  same: 'green',
  within: 'green',
  beyond: 'yellow',
  unsaid: undefined,
};

/** `one`: of one application, which need not be named in each row. */
export function setColumns(one: boolean): Column<WireListedSet>[] {
  return [
    ...(one ? [] : [{ header: 'application', value: ({ metadata }: WireListedSet) => metadata.application }]),
    { header: 'name', value: ({ metadata }) => metadata.name },
    { header: 'time', value: ({ spec }) => spec.moment.replace(/\.\d+Z$/, 'Z') },
    { header: 'parts', value: partsOf },
    { header: 'skew', value: ({ status }) => age(status.skewSeconds) },
    { header: 'consistency', value: consistencyOf, style: ({ status }) => styles[status.consistency] },
    { header: 'would lose', value: ({ status }) => age(status.lossSeconds) },
    { header: 'usable', wide: true, value: ({ status }) => (status.usable === 'yes' ? 'yes' : 'not read') },
    {
      header: 'points',
      wide: true,
      value: ({ spec }) => spec.parts.map(({ component, cluster, point }) => `${component}=${cluster}/${point.name}`).join(','),
    },
  ];
}

/** Of how many components, and from how many points: `3/4 from 2 points`. */
function partsOf({ spec: { parts, missing } }: WireListedSet): string {
  const points = new Set(parts.map(({ point }) => point.id)).size;
  const components = new Set(parts.map(({ component }) => component));
  const whole = [...components].filter((name) => !missing.includes(name)).length;
  return `${whole}/${new Set([...components, ...missing]).size} from ${counted(points, 'point')}`;
}

/** `within 5m`; `-` where no policy says how far apart they may be. */
function consistencyOf({ status: { consistency, allowedSkewSeconds } }: WireListedSet): string {
  switch (consistency) {
    case 'same':
      return 'one capture';
    case 'within':
    case 'beyond':
      return `${consistency} ${age(allowedSkewSeconds)}`;
    case 'unsaid':
      return '-';
  }
}

export function setLines(set: WireListedSet, look: Look): string[] {
  const parts = set.spec.parts.map(
    ({ component, cluster, point, capturedAt, lossSeconds, usable }) =>
      `  ${component}: ${point.name} on ${cluster} (${point.engine}), of ${capturedAt}, would lose ${age(lossSeconds)}${usable === 'yes' ? '' : ', not read'}`,
  );
  return [
    ...fieldLines(
      [
        ['Application', set.metadata.application],
        ...setColumns(true)
          .filter(({ header }) => header !== 'points')
          .map(field(set)),
      ],
      look,
    ),
    ...section(
      'No usable point of',
      set.spec.missing.map((name) => clean(`  ${name}`)),
    ),
    ...section(
      'Parts',
      parts.map((line) => clean(line, 1000)),
    ),
  ];
}

function field(set: WireListedSet) {
  return ({ header, value }: Column<WireListedSet>): [string, string | undefined] => [
    header[0]!.toUpperCase() + header.slice(1),
    value(set),
  ];
}
