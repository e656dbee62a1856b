import type { WireReport } from '@kubectl-dr/core/wire/report';
import { reportSchema } from '@kubectl-dr/core/wire/report';
import fc from 'fast-check';
import { drillSchema } from '@kubectl-dr/core/wire/drill';
import { drillPage } from './drills.ts';
import { html } from './html.ts';
import { reportPage } from './report-page.ts';

function drillWith(text: string): unknown {
  const step = { title: text, cluster: text, state: text, message: text };
  return {
    apiVersion: 'kubectl-dr.dev/v1alpha1',
    kind: 'Drill',
    metadata: { name: text },
    spec: {
      application: text,
      components: [text],
      points: [{ component: text, cluster: text, namespace: 'shop', pointId: text, name: text, capturedAt: text }],
      target: [],
      objectives: [],
      planHash: text,
      requestedBy: text,
      requestedAt: text,
      reason: text,
    },
    status: {
      state: 'Succeeded',
      message: text,
      endedAt: text,
      measured: { rtoSeconds: 60 },
      met: { rto: true },
      components: [],
      checks: [step],
      unchecked: [text],
      steps: [step],
      cleanUp: { state: 'Verified', steps: [step] },
      evidence: { hash: text, intact: true },
    },
  };
}

/** A report in which every text that comes from a cluster, a catalog or a person is the one given. */
function reportWith(text: string): WireReport {
  const reason = { code: text, severity: 'warning' as const, message: text, component: text, fix: text, evidence: [text] };
  const component = {
    name: text,
    verdict: 'AtRisk' as const,
    reasons: [reason],
    recoveryPoint: { id: text, name: text, cluster: text, time: text },
    rpo: {},
    rto: {},
    volumes: [{ cluster: text, namespace: text, claim: text, state: 'captured' as const }],
    replications: [],
    workloads: [],
  };
  return reportSchema.parse({
    apiVersion: 'kubectl-dr.dev/v1alpha1',
    kind: 'Report',
    metadata: { name: text },
    spec: { application: text, days: 30 },
    status: {
      at: text,
      clusters: [],
      applications: [
        {
          apiVersion: 'kubectl-dr.dev/v1alpha1',
          kind: 'Application',
          metadata: { name: text },
          spec: {
            owner: text,
            policy: text,
            source: 'catalog',
            components: [{ name: text, dependsOn: [], placements: [{ cluster: text, namespace: text, claim: 'claimed' }] }],
          },
          status: { verdict: 'AtRisk', reasons: [reason, reason, reason], rpo: {}, rto: {}, components: [component] },
        },
      ],
      doctor: {
        at: text,
        counts: { blocker: 0, critical: 0, warning: 1, info: 0 },
        findings: [{ ...reason, application: text, why: text, checks: [text] }],
        checks: [{ number: text, title: text, result: 'found' }],
        unseen: [{ cluster: text, types: [], message: text }],
      },
      timelines: [{ application: text, component: text, points: [{ name: text, cluster: text, time: text, usable: 'yes' }] }],
      restores: [],
      drills: [drillWith(text)],
    },
  });
}

/** Everything but text: tags with their attributes, whose values may differ. */
const skeleton = (page: string): string[] =>
  page
    .slice(page.indexOf('</style>'))
    .match(/<[^>]*>/g)!
    .map((tag) => tag.replace(/"[^"]*"/g, '""'));

/** A fix that is a command is set in another type. */
const isFixed = (tag: string): boolean => !/^<\/?(?:code|span class=""|span|svg|rect)/.test(tag);

describe('the report as a page', () => {
  it('has nothing from elsewhere and no script', () => {
    const page = reportPage(reportWith('shop'));
    expect(page).not.toMatch(/<script|<link|<img|<iframe|src=|href=|url\(|@import|\son\w+=/);
    expect(page).toContain("default-src 'none'");
  });

  it('takes whatever a cluster calls things for text', () => {
    const expected = skeleton(reportPage(reportWith('x')));
    const expectedDrill = skeleton(drillPage(drillSchema.parse(drillWith('x'))));
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            '<',
            '>',
            '"',
            "'",
            '&',
            '</td>',
            '<script>alert(1)</script>',
            '<!--',
            'kubectl ',
            '\u0000',
            '\u202e',
            '&lt;',
            ' onload=',
            'é',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(nasty, (text) => {
        expect(skeleton(reportPage(reportWith(`x${text}`))).filter(isFixed)).toEqual(expected.filter(isFixed));
        expect(skeleton(drillPage(drillSchema.parse(drillWith(`x${text}`)))).filter(isFixed)).toEqual(expectedDrill.filter(isFixed));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps markup apart from text', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p title="${'"><script>'}">${inner}${[inner, undefined]}${undefined}${3}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b>3</p>',
    );
  });
});
