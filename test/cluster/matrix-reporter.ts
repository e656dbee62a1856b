import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** The last thing that a run prints: what held where. */
export class MatrixReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const targets = [...new Set(modules.map((module) => module.project.name))];
    const suites = new Map<string, Map<string, Count>>();
    for (const module of modules) {
      const suite = path.basename(module.moduleId).replace(/\.test\.ts$/, '');
      const row = suites.get(suite) ?? new Map<string, Count>();
      suites.set(suite, row.set(module.project.name, countOf(module)));
    }
    const rows = [...suites].map(([suite, counts]) => [suite, ...targets.map((target) => tell(counts.get(target)))]);
    const table = [['suite', ...targets], ...rows];
    const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
    const lines = table.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('   ')
        .trimEnd(),
    );
    const reasons = [...new Set(modules.flatMap(reasonsOf))].map((reason) => `Skipped ${reason}\n`);
    process.stdout.write(
      `\nWhat held where (passed, failed, skipped):\n\n${lines.map((line) => `  ${line}`).join('\n')}\n\n${reasons.join('')}`,
    );
  }
}

function countOf(module: TestModule): Count {
  const suites = [...module.children.allSuites()];
  // What fails before its tests leaves them skipped, which is not what happened.
  const count = { passed: 0, failed: module.errors().length + suites.flatMap((suite) => suite.errors()).length, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed' || state === 'failed' || state === 'skipped') count[state] += 1;
  }
  return count;
}

/** Suites that cannot run say so in their name. */
function reasonsOf(module: TestModule): string[] {
  return [...module.children.allSuites()].flatMap(({ name }) => {
    const reason = /\(skipped: (.*)\)$/.exec(name)?.[1];
    return reason === undefined ? [] : [`on ${module.project.name}: ${reason}`];
  });
}

function tell(count: Count | undefined): string {
  if (count === undefined) return '-';
  const { passed, failed, skipped } = count;
  return [`${passed} passed`, ...(failed > 0 ? [`${failed} FAILED`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ');
}
