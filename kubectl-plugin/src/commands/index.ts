import type { Command } from '../definition.ts';
import { backup } from './backup.ts';
import { cancel } from './cancel.ts';
import { describe } from './describe.ts';
import { explain } from './explain.ts';
import { get } from './get.ts';
import { plan } from './plan.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { sandbox } from './sandbox.ts';
import { status } from './status.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';

/** In the order of help: look, act, steer, learn. */
export const commands: readonly Command[] = [status, get, describe, plan, backup, restore, wait, resume, cancel, explain, sandbox, version];
