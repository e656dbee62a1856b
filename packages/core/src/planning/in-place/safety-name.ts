import { boundedName } from '../../engines/bounded-name.ts';
import { nameFor, stampOf } from '../assemble.ts';
import { canonicalJson, sha256 } from '../hash.ts';
import type { InPlaceInputs, InPlacePlace } from './inputs.ts';

/** What tells the safety backups of one restore from those of every other, for each of its places: six hexadecimal digits. */
export type SafetyMarks = ReadonlyMap<InPlacePlace, string>;

/**
 * Made of what the hash of the plan is made of: what was asked and when, and what was found. A plan that is made again to be carried out
 * gives the same marks, or is stale; another restore gives others, also one of the same second, and one of another cluster, which may
 * keep its backups in the same place.
 */
export async function safetyMarksOf(
  { request, status, places }: Pick<InPlaceInputs, 'request' | 'status' | 'places'>,
  basis: Readonly<Record<string, string>>,
): Promise<SafetyMarks> {
  const restore = canonicalJson({ application: status.application.name, request, basis });
  return new Map(
    await Promise.all(
      places.map(async (place): Promise<[InPlacePlace, string]> => {
        return [place, (await sha256(`${restore} ${place.cluster}/${place.namespace}`)).slice(0, 6)];
      }),
    ),
  );
}

/**
 * `before-restore-<namespace>-<of>-<second>-<mark>`: sixty characters at most, for a second attempt adds its number, and engines put the
 * name into labels. `of`: a component, or the objects of the place. `at`: when the restore was asked for, RFC 3339.
 */
export function safetyName(place: InPlacePlace, of: string, at: string, marks: SafetyMarks): string {
  const mark = marks.get(place);
  if (mark === undefined) throw new Error(`${place.cluster}/${place.namespace} is no place of this restore`);
  return `${boundedName('before-restore', nameFor(`${place.namespace}-${of}`, 253), 38)}-${stampOf(at)}-${mark}`;
}
