import type { Command } from '../definition.ts';
import { apply } from './apply.ts';
import { approve } from './approve.ts';
import { backup } from './backup.ts';
import { cancel } from './cancel.ts';
import { completion } from './completion.ts';
import { confirm } from './confirm.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { drill } from './drill.ts';
import { explain } from './explain.ts';
import { failback } from './failback.ts';
import { failover } from './failover.ts';
import { get } from './get.ts';
import { logs } from './logs.ts';
import { plan } from './plan.ts';
import { policy } from './policy.ts';
import { reject } from './reject.ts';
import { relocate } from './relocate.ts';
import { report } from './report.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { sandbox } from './sandbox.ts';
import { status } from './status.ts';
import { undo } from './undo.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';

/** In the order of help: look, act, steer, learn. */
export const commands: readonly Command[] = [
  status,
  get,
  describe,
  diff,
  doctor,
  report,
  policy,
  plan,
  apply,
  backup,
  restore,
  drill,
  failover,
  relocate,
  failback,
  wait,
  logs,
  resume,
  cancel,
  undo,
  confirm,
  approve,
  reject,
  explain,
  sandbox,
  completion,
  version,
];
