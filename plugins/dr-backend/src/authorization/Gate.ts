import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import type { FleetIndex } from '../index/FleetIndex.ts';
import { Access } from './Access.ts';
import type { CallerResolver } from './CallerResolver.ts';

export interface GateOptions {
  callers: CallerResolver;
  permissions: PermissionsService;
  index: FleetIndex;
  requireOwnership: boolean;
}

/** Where every request passes: who is it, and by which rules is it judged. */
export class Gate {
  private readonly options: GateOptions;

  constructor(options: GateOptions) {
    this.options = options;
  }

  async admit(credentials: BackstageCredentials): Promise<Access> {
    const { callers, permissions, index, requireOwnership } = this.options;
    const caller = await callers.resolve(credentials);
    return new Access({ permissions, caller, agreements: index.current().agreements, requireOwnership });
  }
}
