import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { FleetIndex } from '../index/FleetIndex.ts';
import { Access } from './Access.ts';
import type { CallerResolver } from './CallerResolver.ts';
import { PermissionDecisions } from './PermissionDecisions.ts';

export interface GateOptions {
  callers: CallerResolver;
  permissions: PermissionsService;
  index: FleetIndex;
  requireOwnership: boolean;
  clock: Clock;
}

/** For so long what the permission framework said is believed where nothing is done but showing, milliseconds. */
const believed = 5_000;

/** Where every request passes: who is it, and by which rules is it judged. */
export class Gate {
  private readonly options: GateOptions;
  /** By user. */
  private readonly decided = new Map<string, { decisions: PermissionDecisions; at: number }>();

  constructor(options: GateOptions) {
    this.options = options;
  }

  async admit(credentials: BackstageCredentials): Promise<Access> {
    const { callers, permissions, index, requireOwnership } = this.options;
    const caller = await callers.resolve(credentials);
    return new Access({ permissions, caller, agreements: index.current().agreements, requireOwnership });
  }

  /**
   * For pages that show many applications again and again, to many people: each question to the permission framework is a
   * request, and its policy may ask further. What is shown as allowed may be some seconds old; who acts is asked about anew.
   * Of services nothing is remembered: their tokens may be restricted, each in its own way.
   */
  async admitToLook(credentials: BackstageCredentials): Promise<Access> {
    const { callers, permissions, index, requireOwnership, clock } = this.options;
    const caller = await callers.resolve(credentials);
    const agreements = index.current().agreements;
    if (!caller.user) return new Access({ permissions, caller, agreements, requireOwnership });
    const now = clock.now().getTime();
    for (const [key, { at }] of this.decided) if (now - at > believed) this.decided.delete(key);
    const known = this.decided.get(caller.name) ?? { decisions: new PermissionDecisions(permissions, credentials), at: now };
    this.decided.set(caller.name, known);
    return new Access({ permissions, caller, agreements, requireOwnership, decisions: known.decisions });
  }
}
