import type { WireDoctorReport } from '@kubectl-dr/core/wire/doctor';
import { doctorReportToWire } from '@kubectl-dr/core/wire/encode-doctor';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data } from '../output/data.ts';
import { doctorText } from '../output/doctor.ts';
import { lookOf } from '../output/terminal.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller, clusters } = await context.fleet();
  const { signal } = context;
  const application = args.positionals.APP;
  const report = doctorReportToWire(
    await service.doctor(await caller(), { ...(application === undefined ? {} : { application }), signal }),
  );
  return showDoctor(report, clusters.length, args, context);
}

/** `clusters`: how many were asked. */
export async function showDoctor(report: WireDoctorReport, clusters: number, args: Arguments, { output }: Context): Promise<number> {
  const text = await data(flagText(args, 'output'), report);
  output.out(text ?? doctorText(report, { look: lookOf(output, 'out'), all: args.flags.all === true }));
  const { counts, unseen } = report.status;
  const silent = unseen.filter(({ types }) => types.length === 0);
  if (clusters > 0 && silent.length === clusters) return silent.every(({ identity }) => identity !== undefined) ? exit.refused : exit.error;
  return args.flags.check === true && counts.blocker + counts.critical + counts.warning > 0 ? exit.unprotected : exit.done;
}
