import { backupRefusals } from './cases/backup-refusals.ts';
import { backups } from './cases/backups.ts';
import { life } from './cases/life.ts';
import { modifiers } from './cases/modifiers.ts';
import { restoreRefusals } from './cases/restore-refusals.ts';
import { restores } from './cases/restores.ts';
import { volumes } from './cases/volumes.ts';
import type { Cases } from './steps.ts';

/** Everything that the simulator has been compared in with the real server. */
export const cases: Cases = { ...backups, ...backupRefusals, ...volumes, ...restores, ...modifiers, ...restoreRefusals, ...life };
