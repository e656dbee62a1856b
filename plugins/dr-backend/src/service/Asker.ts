import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Request } from 'express';

/** One request: in whose name, and where from (for the audit), which an action of the registry does not tell. */
export interface Asker {
  credentials: BackstageCredentials;
  request?: Request;
}
