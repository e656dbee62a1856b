import type { Component } from '../application/model.ts';
import { parseSelector } from '../application/selector.ts';
import type { ManagedApplication } from '../protection/model.ts';

/** Everything of the component lies in what the engine manages. */
export function covers(managed: ManagedApplication, { placements }: Component): boolean {
  const wanted = managed.labelSelector === undefined ? [] : parseSelector(managed.labelSelector);
  return (
    wanted !== undefined &&
    placements.length > 0 &&
    placements.every(({ namespace, labelSelector }) => {
      if (!managed.namespaces.includes(namespace)) return false;
      const own = new Set((labelSelector === undefined ? [] : (parseSelector(labelSelector) ?? [])).map((one) => JSON.stringify(one)));
      return wanted.every((one) => own.has(JSON.stringify(one)));
    })
  );
}
