import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { fromHost } from './fromHost.ts';

/** Pairs sent to the permission framework in one request. */
const atOnce = 500;
const part = 'The permission framework';

/**
 * What the permission framework allows one caller, asked in as few requests as possible: once for everything that does
 * not depend on the entity, then for many entities together.
 */
export class PermissionDecisions {
  private readonly permissions: PermissionsService;
  private readonly credentials: BackstageCredentials;
  private readonly general = new Map<string, AuthorizeResult>();
  /** By name of the permission, then by entity. */
  private readonly particular = new Map<string, Map<string, boolean>>();

  private latest: Promise<void> = Promise.resolve();

  constructor(permissions: PermissionsService, credentials: BackstageCredentials) {
    this.permissions = permissions;
    this.credentials = credentials;
  }

  /**
   * Decides `wanted` for these entities, which are asked for only where a decision depends on them; afterwards `allows` knows.
   * Who comes while others ask waits for them: what they learn is mostly what is wanted, and a framework that is slow must not be
   * asked by everybody at once.
   */
  load(wanted: readonly ResourcePermission[], entityRefs: () => Iterable<string>): Promise<void> {
    const known = wanted.every(({ name }) => this.general.has(name));
    if (known && !wanted.some((permission) => this.isConditional(permission))) return Promise.resolve();
    const loading = this.latest.then(() => this.loadNow(wanted, entityRefs));
    this.latest = loading.catch(() => undefined);
    return loading;
  }

  private async loadNow(wanted: readonly ResourcePermission[], entityRefs: () => Iterable<string>): Promise<void> {
    const unknown = wanted.filter(({ name }) => !this.general.has(name));
    if (unknown.length > 0) {
      const asked = unknown.map((permission) => ({ permission }));
      const decisions = await fromHost(part, this.permissions.authorizeConditional(asked, { credentials: this.credentials }));
      for (const [index, { name }] of unknown.entries()) this.general.set(name, decisions[index]!.result);
    }
    const conditional = wanted.filter(({ name }) => this.general.get(name) === AuthorizeResult.CONDITIONAL);
    if (conditional.length === 0) return;
    const pairs = [...new Set(entityRefs())]
      .flatMap((resourceRef) => conditional.map((permission) => ({ permission, resourceRef })))
      .filter(({ permission, resourceRef }) => !this.on(permission).has(resourceRef));
    for (let start = 0; start < pairs.length; start += atOnce) {
      const chunk = pairs.slice(start, start + atOnce);
      const decisions = await fromHost(part, this.permissions.authorize(chunk, { credentials: this.credentials }));
      for (const [index, { permission, resourceRef }] of chunk.entries())
        this.on(permission).set(resourceRef, decisions[index]!.result === AuthorizeResult.ALLOW);
    }
  }

  /** Is it allowed on all entities, or on one of these? Conditions can only hold for an entity. */
  allows(permission: ResourcePermission, entityRefs: readonly string[]): boolean {
    const result = this.general.get(permission.name);
    if (result !== AuthorizeResult.CONDITIONAL) return result === AuthorizeResult.ALLOW;
    const known = this.on(permission);
    return entityRefs.some((ref) => known.get(ref) === true);
  }

  /** Is it allowed whatever the entity, and without one? */
  allowsAll(permission: ResourcePermission): boolean {
    return this.general.get(permission.name) === AuthorizeResult.ALLOW;
  }

  /** Is there any entity on which it could be allowed? */
  mayAllow(permission: ResourcePermission): boolean {
    const result = this.general.get(permission.name);
    return result !== undefined && result !== AuthorizeResult.DENY;
  }

  /** Whether what is allowed depends on the entity. */
  isConditional(permission: ResourcePermission): boolean {
    return this.general.get(permission.name) === AuthorizeResult.CONDITIONAL;
  }

  private on({ name }: ResourcePermission): Map<string, boolean> {
    let known = this.particular.get(name);
    if (!known) {
      known = new Map();
      this.particular.set(name, known);
    }
    return known;
  }
}
