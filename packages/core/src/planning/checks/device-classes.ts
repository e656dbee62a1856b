import { at, listAt, textAt } from '../../application/raw.ts';
import { podSpecOf } from '../../application/workload.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { type TargetFacts, deviceGroup } from '../target-facts.ts';
import type { Rule } from './input.ts';
import { wantsPods } from './storage.ts';

/**
 * Dynamic resource allocation: claims name a class, a class selects devices, drivers publish them in slices. A pod whose claim names a class that is not there, or whose devices no driver publishes, waits for ever. */
export const deviceClasses: Rule = ({ facts, cluster, namespace, incoming, live, componentOf }) =>
  incoming.filter(wantsPods).flatMap((object): Reason[] => {
    const component = componentOf(object);
    const about = {
      severity: 'blocker' as const,
      cluster,
      ...(component !== undefined && { component }),
      evidence: [`${object.kind} ${namespace}/${object.metadata.name}`],
    };
    const needs = claimsOf(object, [...incoming, ...live]).flatMap((claim) => requestsOf(claim));
    if (needs.length === 0) return [];
    const asks = `${object.kind} ${object.metadata.name}`;
    if (!facts.served.some(({ group, kind }) => group === deviceGroup && kind === 'DeviceClass'))
      return [
        {
          ...about,
          code: 'DEVICE_CLASS_MISSING' as const,
          message: `${asks} claims devices (ResourceClaim), and ${cluster} does not serve ${deviceGroup}`,
          fix: `use a cluster of Kubernetes 1.34 or newer: kubectl --context ${cluster} api-resources --api-group ${deviceGroup}`,
        },
      ];
    return needs.flatMap((classes) => lackOf(classes, facts, about, asks));
  });

/** Of one request; each of several classes would do. What may not be seen is unknown, and nothing is said. */
function lackOf(classes: readonly string[], facts: TargetFacts, about: Omit<Reason, 'code' | 'message'>, asks: string): Reason[] {
  const { cluster, deviceClasses: known, resourceSlices: slices } = facts;
  if (!known) return [];
  const found = known.filter(({ metadata }) => classes.includes(metadata.name));
  if (found.length === 0)
    return [
      {
        ...about,
        code: 'DEVICE_CLASS_MISSING',
        message: `the DeviceClass ${classes.join(' or ')}, from which ${asks} claims a device, does not exist on ${cluster}`,
        fix: `install the driver that brings it: kubectl --context ${cluster} get deviceclasses`,
      },
    ];
  if (!slices || found.some((one) => isPublished(one, slices))) return [];
  return [
    {
      ...about,
      code: 'NO_DEVICE',
      message: `no node of ${cluster} publishes a device of the class ${classes.join(' or ')}, which ${asks} claims`,
      fix: `add such a node: kubectl --context ${cluster} get resourceslices`,
    },
  ];
}

/** Its claims as they come along or are there: templates and claims by name. One of which nothing is known is not judged. */
function claimsOf(object: KubeObject, known: readonly KubeObject[]): KubeObject[] {
  return listAt(podSpecOf(object), 'resourceClaims').flatMap((reference) => {
    const [template, claim] = [textAt(reference, 'resourceClaimTemplateName'), textAt(reference, 'resourceClaimName')];
    const kind = template === undefined ? 'ResourceClaim' : 'ResourceClaimTemplate';
    return known.find((one) => one.kind === kind && one.metadata.name === (template ?? claim)) ?? [];
  });
}

/** Names of classes, request by request, in every version: beside the request, in `exactly`, or the first of several that is free. */
function requestsOf(claim: KubeObject): string[][] {
  const path = claim.kind === 'ResourceClaimTemplate' ? ['spec', 'spec'] : ['spec'];
  return listAt(claim, ...path, 'devices', 'requests').flatMap((request) => {
    const ways = [request, at(request, 'exactly'), ...listAt(request, 'firstAvailable')];
    const names = ways.flatMap((way) => textAt(way, 'deviceClassName') ?? []);
    return names.length > 0 ? [names] : [];
  });
}

/** Whether any slice is of the driver that the class selects. Which of its devices fit only the scheduler can tell. */
function isPublished(deviceClass: KubeObject, slices: readonly KubeObject[]): boolean {
  const drivers = listAt(deviceClass, 'spec', 'selectors').flatMap(
    (selector) => driverIn(textAt(selector, 'cel', 'expression') ?? '') ?? [],
  );
  if (drivers.length === 0) return slices.length > 0;
  return slices.some((slice) => drivers.includes(textAt(slice, 'spec', 'driver') ?? ''));
}

/** `device.driver == "gpu.nvidia.com" && ...`; of alternatives nothing is concluded. */
function driverIn(expression: string): string | undefined {
  return expression.includes('||') ? undefined : /device\.driver\s*==\s*['"]([^'"]+)['"]/.exec(expression)?.[1];
}

/** Whether a class stands for an extended resource (`nvidia.com/gpu`), so that drivers offer it and no node lists it. */
export function isOfClass(resource: string, { deviceClasses: known = [], resourceSlices: slices }: TargetFacts): boolean {
  return known.some(
    (one) =>
      (textAt(one, 'spec', 'extendedResourceName') === resource ||
        `deviceclass.resource.kubernetes.io/${one.metadata.name}` === resource) &&
      (!slices || isPublished(one, slices)),
  );
}
