// Generated from the folders beside this file by `npm run generate`.
import type { Engine } from '../ports/engine.ts';
import { engine as velero } from './velero/index.ts';
import { engine as csi } from './csi/index.ts';
import { engine as ramen } from './ramen/index.ts';
import { engine as stork } from './stork/index.ts';
import { engine as volsync } from './volsync/index.ts';

export const engines: readonly Engine[] = [velero, csi, ramen, stork, volsync];
