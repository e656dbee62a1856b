import { claimManifest } from '../application/claim-manifest.ts';
import { inventoryOf } from '../application/inventory.ts';
import type { Application, Component } from '../application/model.ts';
import { InputError } from '../errors.ts';
import { type PlanDraft, sealPlan } from '../planning/assemble.ts';
import type { CopiedData } from '../planning/clone-inputs.ts';
import { isPortable, portable } from '../planning/failover.ts';
import { inventoryOfCaptured } from '../planning/in-place/scope.ts';
import { copyWith } from '../planning/mapping.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import { type Place, chosenComponents, placesOf } from '../planning/places.ts';
import type { Replication } from '../protection/model.ts';
import { type ClaimCopy, copiesOf, lossOf, refOf } from '../protection/replication.ts';
import { mappingOf, readUntilPortable, withPortableOnly } from './moves/arrived-points.ts';
import type { Assessment } from './assess.ts';
import { type ReadPoints, clonePlan } from './clone-planner.ts';
import { engineDrill } from './engine-drill.ts';
import type { HandoverGround } from './moves/handover.ts';
import { contentsOf } from './in-place-reader.ts';
import { findApplication } from './look.ts';
import { withoutMarks } from './moves/claims.ts';
import { movedTo } from './moves/moved-places.ts';
import { assertNamespaces, namespacesAt } from './moves/namespaces.ts';
import type { Ground, PlannerDeps } from './plan-ground.ts';
import { clocksAt, nowAt } from './now-at.ts';

type Asked = PlanRequest & { on: string; at: string };

/**
 * A drill on a cluster that is named. What runs elsewhere is tried from the points that have arrived there, with what is called
 * otherwise there: what a failover would find, tried apart. Whether the cluster where it runs answers does not matter. What runs there
 * itself is tried from its own points. Volumes that are copied there continuously are made of the image of the copy, where that is newer
 * than the point, and of what holds the rest; the copy goes on. What an engine moves by itself, it tests by itself where it can.
 */
export async function drillOn(
  deps: PlannerDeps,
  assessment: Assessment,
  asked: PlanRequest & { on: string },
  signal?: AbortSignal,
): Promise<Plan> {
  const now = await nowAt(deps, asked.on, signal);
  return sealPlan(await draftOn(deps, assessment, { ...asked, at: asked.at ?? now.toISOString() }, now, signal), now);
}

async function draftOn(deps: PlannerDeps, assessment: Assessment, asked: Asked, now: Date, signal?: AbortSignal): Promise<PlanDraft> {
  const application = findApplication(assessment, asked.application);
  // Whoever names a moment or a point means that: an engine that moves by itself tests the newest copy.
  if (!isOfNow(asked)) return drillOfPoints(deps, assessment, application, asked, now, signal);
  const laid = { ...asked, to: asked.on };
  const chosen = asked.components;
  const ground: HandoverGround = { deps, assessment, application, request: laid, now, ...(chosen && { components: chosen }) };
  const rest = (own: Application, components: string[]): Promise<PlanDraft> =>
    drillOfPoints(deps, assessment, own, { ...asked, components }, now, signal);
  const tested = await engineDrill(ground, rest, signal);
  if (tested) return tested;
  return drillOfPoints(deps, assessment, application, asked, now, signal);
}

/** Of what has arrived there: recovery points, and the images of continuous copies. */
async function drillOfPoints(
  deps: PlannerDeps,
  assessment: Assessment,
  application: Application,
  request: Asked,
  now: Date,
  signal?: AbortSignal,
): Promise<PlanDraft> {
  const { on } = request;
  const components = chosenComponents(assessment.status(application), request.components);
  const namespaces = namespacesAt({ application, components, to: on, request: {}, assessment });
  assertNamespaces(namespaces, { application, to: on, assessment }, deps.tenancy);
  const moved = asIfOn(application, on, assessment, deps.tenancy, namespaces);
  const arriving = new Set(application.components.filter((component) => !isOn(component, on)).map(({ name }) => name));
  const arrives = (component: string): boolean => arriving.has(component);
  const comesFromElsewhere = ({ components }: Place): boolean => components.some(({ status }) => arrives(status.component.name));
  const isGone = (cluster: string, namespace: string): boolean => assessment.inventory.get(cluster)?.namespace(namespace) === undefined;
  const ground = (): Ground => {
    const seen = assessment.fleet([moved]);
    const copied = new Set(
      isOfNow(request) ? heldOn(seen, on).map(({ claim, target }) => `${target.peerNamespace ?? target.namespace}/${claim}`) : [],
    );
    const status = withPortableOnly(seen.applications[0]!, deps.contents, on, arrives, (volume) => copied.has(volume));
    const fleet = { ...seen, applications: [status] };
    const components = chosenComponents(status, request.components).filter(({ component }) => component.placements.length > 0);
    const places = placesOf(fleet, moved, components, isGone).map((place) =>
      comesFromElsewhere(place) ? toBeProven(place, moved, isGone) : place,
    );
    return { request, now, home: on, assessment, application: moved, fleet, status, components, places };
  };
  if (ground().places.length === 0)
    throw new InputError(`nothing is known of where ${application.name} runs, so there is nothing to try on ${on}`, {
      hint: `kubectl dr status ${application.name}`,
    });
  await readUntilPortable(deps, ground, assessment, signal);
  const origins = ({ namespace }: Place): Pick<Place, 'cluster' | 'namespace'>[] =>
    application.components
      .flatMap(({ placements }) => placements)
      .flatMap(({ cluster, namespace: own }) => (own === namespace && cluster !== undefined ? [{ cluster, namespace }] : []));
  return clonePlan(deps, ground, signal, {
    origins,
    arrival: (place, components) => (comesFromElsewhere(place) ? copyWith(mappingOf(request, components, on)) : undefined),
    // A point that was refused for that is not told of twice.
    copies: (place, read, laid) =>
      comesFromElsewhere(place) ? copiedData(deps, place, read, laid, namespaces[place.namespace]) : new Map(),
    blockers: (inputs) => (inputs.blockers.some(({ code }) => code === 'POINT_UNUSABLE') ? [] : portable(inputs, arrives)),
  });
}

function isOn({ placements }: Component, on: string): boolean {
  return placements.some(({ cluster }) => cluster === on);
}

/** The application as if all of it were placed there: what is there is left as it is, and is not looked for elsewhere. */
function asIfOn(
  application: Application,
  on: string,
  assessment: Assessment,
  tenancy: PlannerDeps['tenancy'],
  namespaces: Readonly<Record<string, string>>,
): Application {
  const moved = movedTo(application, on, assessment, tenancy, namespaces);
  return {
    ...moved,
    components: application.components.map((component, index) =>
      isOn(component, on)
        ? { ...component, placements: component.placements.filter(({ cluster }) => cluster === on) }
        : moved.components[index]!,
    ),
  };
}

/** Where its namespace is not on that cluster nobody there can be asked whose it is: what was captured has to say it. */
function toBeProven(place: Place, { owner }: Application, isGone: (cluster: string, namespace: string) => boolean): Place {
  if (place.ownerToProve !== undefined || !isGone(place.cluster, place.namespace)) return place;
  const mapped = place.components.every(({ status }) =>
    status.component.placements.some(({ namespace, claim }) => namespace === place.namespace && claim === 'mapped'),
  );
  const of = place.components[0]?.status.component.owner ?? owner;
  return mapped || of === undefined ? place : { ...place, ownerToProve: of };
}

type Held = ClaimCopy & { target: Replication };

/** A copy is of now: whoever names a moment or a point means that. */
function isOfNow({ point }: PlanRequest): boolean {
  return point === undefined || point === 'latest';
}

/** Copies that a cluster holds something of. */
function heldOn({ replications }: Pick<Ground['fleet'], 'replications'>, on: string): Held[] {
  return copiesOf(replications).flatMap(({ target, ...copy }) =>
    target?.cluster === on && target.holds !== false ? [{ ...copy, target }] : [],
  );
}

/** Of which components every volume is copied, and no older than in the point that brings the rest. */
function copiedData(
  { engines, contents }: PlannerDeps,
  place: Place,
  { target: into, points, captured }: ReadPoints,
  ground: Ground,
  there = place.namespace,
): Map<string, CopiedData> {
  const { fleet, request, components } = ground;
  const found = new Map<string, CopiedData>();
  if (!isOfNow(request)) return found;
  const held = heldOn(fleet, place.cluster).filter(({ target }) => target.namespace === there);
  const clocks = clocksAt(ground);
  const { as } = copyWith(mappingOf(request, components, place.cluster));
  for (const entry of place.components) {
    const { name } = entry.status.component;
    const point = points.get(name);
    const objects = point ? (captured.get(point.id) ?? []) : [];
    const inventory = inventoryOfCaptured(objects, place.namespace);
    const claims = inventory ? inventoryOf(entry, inventory).claims : [];
    const copies = claims.flatMap((claim) => held.find((copy) => copy.claim === claim.name) ?? []);
    const engine = engines.find(({ id, replicator }) => replicator && copies.every((copy) => copy.engine === id));
    if (claims.length === 0 || copies.length < claims.length || !engine) continue;
    const data = copies.flatMap((copy): CopiedData['claims'] => {
      const { capturedAt } = lossOf(copy, clocks);
      const claim = objects.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === copy.claim);
      if (!claim) return [];
      return [
        {
          claim: copy.claim,
          target: refOf(copy.target),
          from: copy.source?.cluster ?? copy.target.from ?? '',
          ...(capturedAt !== undefined && { capturedAt }),
          manifest: withoutMarks(claimManifest(as(claim)), engine, into),
        },
      ];
    });
    const oldest = Math.min(...data.map(({ capturedAt }) => Date.parse(capturedAt ?? '')));
    const inPoint = (point && contentsOf(contents.get(point.id))?.volumes) ?? [];
    const brings = claims.every((claim) =>
      inPoint.some(
        (one) => one.namespace === place.namespace && one.claim === claim.name && one.state === 'captured' && isPortable(one.method),
      ),
    );
    if (data.length < claims.length || (brings && Date.parse(point?.capturedAt ?? '') > oldest)) continue;
    found.set(name, { engine, claims: data });
  }
  return found;
}
