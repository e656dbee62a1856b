import { FleetInventory } from '../application/fleet-inventory.ts';
import { ClusterInventory } from '../application/cluster-inventory.ts';
import { applicationsFromLabels } from '../application/from-labels.ts';
import type { Application } from '../application/model.ts';
import { namespace, reading, workload } from '../application/objects.fixture.ts';
import type { ManagedApplication } from '../protection/model.ts';
import { withoutStandingCopies } from './standing-copies.ts';

interface Case {
  /** Replicas there; absent: nothing is there, or nothing is seen. */
  east?: number;
  west?: number;
  managed?: Partial<ManagedApplication>;
  catalogued?: boolean;
}

/** Clusters at which labels still tell of the application. */
function told({ east, west, managed = {}, catalogued = false }: Case): (string | undefined)[] {
  const readings = Object.entries({ east, west }).map(([name, replicas]) =>
    reading(name, replicas === undefined ? [] : [namespace('booking'), workload('booking/web', { replicas })]),
  );
  const clusters = readings.map((one) => new ClusterInventory(one));
  const inventory = new FleetInventory(readings, (one) => clusters.find(({ reading: own }) => own === one)!);
  const entry = {
    name: 'booking',
    components: [{ name: 'booking-web', placements: [{ cluster: 'east', namespace: 'booking', claim: 'claimed' }] }],
  } as unknown as Application;
  const covering = { namespaces: ['booking'], places: ['east', 'west'], placedAt: 'east', ...managed } as unknown as ManagedApplication;
  return withoutStandingCopies(applicationsFromLabels(clusters), catalogued ? [entry] : [], [covering], inventory).flatMap(
    ({ components }) => components.flatMap(({ placements }) => placements.map(({ cluster }) => cluster)),
  );
}

describe('a copy that an engine keeps standing at the other end', () => {
  it('is no place of its own, whether labels or the catalog tell of the other', () => {
    expect(told({ east: 1, west: 0 })).toEqual(['east']);
    expect(told({ east: 1, west: 0, catalogued: true })).toEqual(['east']);
    // The engine knows its own end alone.
    expect(told({ east: 1, west: 0, managed: { places: ['west'], placedAt: undefined } })).toEqual(['east']);
  });

  it('is one as soon as it runs, is moved to, or nobody can tell', () => {
    expect(told({ east: 1, west: 1 })).toEqual(['east', 'west']);
    expect(told({ east: 0, west: 0, managed: { placedAt: 'west' } })).toEqual(['west']);
    expect(told({ east: 1, west: 0, managed: { placedAt: undefined } })).toEqual(['east', 'west']);
    expect(told({ east: 1, west: 0, managed: { namespaces: ['other'] } })).toEqual(['east', 'west']);
  });

  it('is all that is left of the application where nothing tells of its other place', () => {
    expect(told({ west: 0 })).toEqual(['west']);
    expect(told({ west: 0, catalogued: true })).toEqual([]);
  });
});
