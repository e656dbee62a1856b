import { DrError } from '../../errors.ts';
import { deviceGroup } from '../../planning/target-facts.ts';
import { kindsToRead, readLive } from '../../planning/live-objects.ts';
import type { CarrySource } from '../../planning/model.ts';
import type { Origin } from '../../planning/move/inputs.ts';
import { type Place, assertCapturedOwner } from '../../planning/places.ts';
import { candidatesFor, suits } from '../../planning/select-point.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { engineNamespace } from '../look.ts';
import type { PointUse } from '../model.ts';
import { clientOf, contextOf } from '../plan-ground.ts';
import type { MoveGround } from './ground.ts';

export interface Source {
  objects: KubeObject[];
  from: CarrySource;
}

/** As it is now. What an engine works with in the namespace is left. */
export async function liveSource({ deps }: MoveGround, { cluster, namespace }: Origin, signal?: AbortSignal): Promise<Source> {
  const client = clientOf(deps, cluster);
  const served = await client.discover(signal ? { signal } : {});
  const usual = kindsToRead([], served);
  const known = new Set(usual);
  const custom = served.filter((type) => type.namespaced && !known.has(type) && (isCustom(type) || isOfDevices(type)));
  const { objects } = await readLive(client, namespace, [...usual, ...custom], signal);
  return { objects, from: { cluster, namespace } };
}

/** Of a CustomResourceDefinition that somebody installed: their groups have a dot, and are not Kubernetes' own. */
function isCustom({ group }: ResourceType): boolean {
  return group.includes('.') && !group.endsWith('.k8s.io');
}

/** Claims of devices, and the templates of them, which only some applications have. */
function isOfDevices({ group, kind }: ResourceType): boolean {
  return group === deviceGroup && (kind === 'ResourceClaim' || kind === 'ResourceClaimTemplate');
}

/** The newest point at the target that holds what runs. Its volumes may be left out: they come from elsewhere. */
export async function pointSource({ deps, ground }: MoveGround, place: Place, signal?: AbortSignal): Promise<Source | undefined> {
  const uses = new Map(place.components.flatMap(({ status }) => candidatesFor(status, place)).map((use) => [use.point.id, use]));
  const usable = [...uses.values()]
    .filter(holdsConfiguration)
    .toSorted((a, b) => Date.parse(b.point.capturedAt!) - Date.parse(a.point.capturedAt!));
  for (const { point } of usable) {
    const engine = deps.engines.find(({ id, capabilities }) => capabilities.configuration && id === point.engine);
    const home = engine && engineNamespace(ground.assessment, place.cluster, engine.id);
    if (!engine || home === undefined) continue;
    try {
      const objects = await engine.objects(contextOf(deps, place.cluster, home, signal), point, [place.namespace]);
      assertCapturedOwner(place, objects);
      const { id, name, namespace, cluster } = point;
      return {
        objects,
        from: { engine: engine.id, engineNamespace: home, point: { id, name, namespace, cluster }, namespace: place.namespace },
      };
    } catch (error) {
      if (!(error instanceof DrError) || error.name === 'NotAllowedError') throw error;
    }
  }
  return undefined;
}

function holdsConfiguration(use: PointUse): boolean {
  const { point, usable, reasons } = use;
  if (!suits(use, 'clone') || point.safety || Number.isNaN(Date.parse(point.capturedAt ?? ''))) return false;
  if (point.phase !== 'Succeeded' && point.phase !== 'Degraded') return false;
  return usable !== 'no' || reasons.every(({ code }) => code.startsWith('VOLUME_'));
}

export function nothingTells({ cluster, namespace }: Origin, to: string): Reason {
  return {
    code: 'CONFIGURATION_MISSING',
    severity: 'blocker',
    cluster: to,
    message: `nothing tells what runs in ${namespace}: ${cluster} does not answer, and no point with its objects has arrived at ${to}`,
    fix: 'let backups of it reach the other cluster (a shared location), or wait until its cluster answers',
  };
}
