import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { labelsOf } from './shop.ts';
import type { World } from './world.ts';

/** Something about an application or its cluster that a plan has to tell. */
export interface Obstacle {
  title: string;
  code: string;
  /** Of the Backup, where it is not a plain one. */
  capture?: Record<string, unknown>;
  /** Before the point is made, so that the point holds it. */
  before?(world: World): Promise<void>;
  /** After it. Answers how it is taken back, where it is more than the namespace's. */
  prepare?(world: World, point: string): Promise<(() => Promise<void>) | void>;
  request(world: World): Partial<PlanRequest>;
  /** The cluster as whoever plans sees it. */
  seen?(world: World): ClusterClient;
}

export const database: Partial<PlanRequest> = { components: ['orders-db'], mode: 'dataOnly' };
export const whole: Partial<PlanRequest> = { mode: 'inPlace' };
/** The web server's configuration alone, which `drifted` makes worth restoring. */
export const webOnly: Partial<PlanRequest> = { components: ['web'], mode: 'configOnly' };

/** Of the application, with the labels of one of its parts. */
export function part(world: World, component: string, apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: world.name, labels: labelsOf(world.name, component) }, ...rest };
}

/** Takes an object away that others need as well, and answers how it comes back. */
export async function without(world: World, ref: ObjectRef): Promise<() => Promise<void>> {
  const { metadata, status: _, ...rest } = await world.cluster.get(ref);
  const { name, namespace, labels, annotations } = metadata;
  await world.cluster.delete(ref);
  const kept = { name, ...(namespace && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) };
  return () => world.create({ ...rest, metadata: kept } as KubeObject);
}
