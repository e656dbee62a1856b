import { verdicts } from '@kubectl-dr/core/service/model';
import { counted } from '@kubectl-dr/core/text/counted';
import type { WireApplication, WireComponentStatus } from '@kubectl-dr/core/wire/application';
import type { WireReason } from '@kubectl-dr/core/wire/common';
import type { WireFinding } from '@kubectl-dr/core/wire/doctor';
import type { WireReport } from '@kubectl-dr/core/wire/report';
import { age } from '../../view.ts';
import { worstFirst } from '../reasons.ts';
import { ageOfRpo, worstApplicationsFirst } from '../status.ts';
import { drillsSection } from './drills.ts';
import { type Markup, html } from './html.ts';
import { page, readable } from './page.ts';

/** The report as one page that needs nothing from elsewhere: no script, no font, no image. */
export function reportPage(report: WireReport): string {
  const { spec, status } = report;
  const applications = worstApplicationsFirst(status.applications);
  const title = spec.application === undefined ? 'Disaster recovery report' : `Disaster recovery report: ${spec.application}`;
  return page(
    title,
    html`<p class="soft">
        As of <time datetime="${status.at}">${readable(status.at)}</time>, by the clock of the clusters.
        ${counted(applications.length, 'application')} on ${counted(status.clusters.length, 'cluster')}.
      </p>
      ${summary(applications)} ${unread(report)}`,
    html`${applications.map((application) => section(application, report))} ${findings(report)} ${drillsSection(status.drills)}
    ${restores(report)} ${checks(report)}`,
  );
}

function verdictOf(verdict: string): Markup {
  return html`<span class="verdict ${verdict}">${verdict}</span>`;
}

function summary(applications: readonly WireApplication[]): Markup {
  const counts = verdicts.map((verdict) => ({ verdict, count: applications.filter(({ status }) => status.verdict === verdict).length }));
  return html`<ul class="sum">
    ${counts.filter(({ count }) => count > 0).map(({ verdict, count }) => html`<li><b>${count}</b>${verdictOf(verdict)}</li>`)}
  </ul>`;
}

/** What the report does not know stands at its top. */
function unread({ status }: WireReport): Markup | undefined {
  const lines = status.doctor.unseen.map(({ message }) => message);
  if (lines.length === 0) return undefined;
  return html`<div class="finding warning">
    <b>Not everything could be looked at</b>
    <ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`;
}

function section(application: WireApplication, report: WireReport): Markup {
  const { metadata, spec, status } = application;
  const placements = new Map(
    spec.components.map(({ name, placements: places }) => [
      name,
      places.map(({ cluster, namespace }) => [cluster, namespace].filter(Boolean).join('/')).join(', '),
    ]),
  );
  const components = status.components.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));
  return html`<section>
    <h2>${metadata.name} ${verdictOf(status.verdict)}</h2>
    <p class="soft">
      ${[
        spec.owner === undefined ? 'no owner' : `owner ${spec.owner}`,
        spec.policy === undefined ? 'no policy' : `policy ${spec.policy}`,
        `data age ${ageOfRpo(status.rpo) ?? 'unknown'}`,
      ].join(', ')}
    </p>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>Component</th>
            <th>Verdict</th>
            <th>Data age</th>
            <th>Runs in</th>
            <th>Newest usable point</th>
            <th>Volumes</th>
            <th>Points of ${report.spec.days} days</th>
          </tr>
        </thead>
        <tbody>
          ${components.map(
            (component) =>
              html`<tr>
                <td>${component.name}</td>
                <td>${verdictOf(component.verdict)}</td>
                <td class="num">${ageOfRpo(component.rpo) ?? '-'}</td>
                <td>${placements.get(component.name) || 'nowhere'}</td>
                <td>${component.recoveryPoint?.name ?? 'none'}</td>
                <td class="num">${volumesOf(component)}</td>
                <td>${timeline(metadata.name, component.name, report)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${reasonsOf(status.reasons)}
  </section> `;
}

function volumesOf({ volumes }: WireComponentStatus): string {
  return volumes.length === 0 ? '-' : `${volumes.filter(({ state }) => state === 'captured').length} of ${volumes.length}`;
}

/** A code that so many components share is told once. */
const shared = 3;

function reasonsOf(reasons: readonly WireReason[]): Markup | undefined {
  if (reasons.length === 0) return html`<p class="soft">Nothing is wrong.</p>`;
  const byCode = new Map<string, WireReason[]>();
  for (const reason of worstFirst(reasons)) {
    const key = `${reason.severity} ${reason.code}`;
    byCode.set(key, [...(byCode.get(key) ?? []), reason]);
  }
  return html`<table>
    <thead>
      <tr>
        <th>Severity</th>
        <th>Reason</th>
        <th>What was seen, and what to do</th>
      </tr>
    </thead>
    <tbody>
      ${[...byCode.values()].flatMap((same) => (same.length < shared ? same.map((reason) => reasonRow(reason)) : [reasonRow(same[0]!, same.slice(1))]))}
    </tbody>
  </table>`;
}

function reasonRow({ severity, code, component, message, fix }: WireReason, others: readonly WireReason[] = []): Markup {
  const who = component === undefined || message.includes(component) ? '' : `${component}: `;
  const likewise = others.map((other) => other.component ?? other.message).join(', ');
  return html`<tr>
    <td class="${severity}">${severity}</td>
    <td>${code}</td>
    <td>
      ${who}${message}${likewise === '' ? undefined : html`<br />Likewise: ${likewise}`}${fix === undefined ? undefined : html`<br />${fixOf(fix)}`}
    </td>
  </tr> `;
}

function fixOf(fix: string): Markup {
  return fix.startsWith('kubectl ') ? html`<code>${fix}</code>` : html`<span class="soft">${fix}</span>`;
}

const width = 300;

/** A mark for each point from the oldest day on the left to now on the right. */
function timeline(application: string, component: string, { spec, status }: WireReport): Markup {
  const points = status.timelines.find((line) => line.application === application && line.component === component)?.points ?? [];
  if (points.length === 0) return html`<span class="soft">none</span>`;
  const span = Math.max(1, spec.days * 86_400_000);
  const count = (usable: string): number => points.filter((point) => point.usable === usable).length;
  const spoken = `${counted(points.length, 'point')}: ${count('yes')} usable, ${count('no')} not, ${count('unknown')} not looked at`;
  return html`<svg viewBox="0 0 ${width} 22" preserveAspectRatio="none" role="img" aria-label="${spoken}">
    <title>${spoken}</title>
    <line x1="0" y1="20" x2="${width}" y2="20" />
    ${points.map(({ time, usable }) => {
      const left = Math.max(0, Math.min(width - 2, width - ((Date.parse(status.at) - Date.parse(time)) / span) * width));
      return html`<rect
        class="${usable}"
        x="${left.toFixed(1)}"
        y="${usable === 'yes' ? 4 : 10}"
        width="2"
        height="${usable === 'yes' ? 16 : 10}"
      />`;
    })}
  </svg>`;
}

const groups: [severity: WireFinding['severity'], title: string][] = [
  ['blocker', 'A restore would stop here'],
  ['critical', 'Critical'],
  ['warning', 'Warnings'],
  ['info', 'Worth knowing'],
];

function findings({ status }: WireReport): Markup {
  const found = status.doctor.findings;
  return html`<section>
    <h2>Findings</h2>
    ${found.length === 0 ? html`<p>Nothing was found.</p>` : undefined}${groups.map(([severity, title]) => {
      const own = found.filter((finding) => finding.severity === severity);
      if (own.length === 0) return undefined;
      const codes = [...new Set(own.map(({ code }) => code))];
      return html`<h3>${title} (${own.length})</h3>
        ${codes.map((code) =>
          kind(
            severity,
            own.filter((finding) => finding.code === code),
          ),
        )}`;
    })}
  </section> `;
}

function kind(severity: string, same: readonly WireFinding[]): Markup {
  const { code, why, checks: numbers } = same[0]!;
  return html`<div class="finding ${severity}">
    <p><b>${code}</b> <span class="soft">${numbers.join(' ')}</span></p>
    <p class="soft">${why}</p>
    <ul>
      ${same.map(
        ({ application, component, message, fix }) =>
          html`<li>
            ${[application, component].filter(Boolean).join('/')}${application ? ': ' : ''}${message}${fix === undefined ? undefined : html`<br />${fixOf(fix)}`}
          </li>`,
      )}
    </ul>
  </div> `;
}

function restores({ status }: WireReport): Markup {
  return html`<section>
    <h2>Restores that were done</h2>
    ${
      status.restores.length === 0
        ? html`<p>None: nothing proves yet that anything here can be brought back.</p>`
        : html`<table>
            <thead>
              <tr>
                <th>Operation</th>
                <th>Application</th>
                <th>Ended</th>
                <th>Result</th>
                <th>Took</th>
                <th>Data lost</th>
                <th>By</th>
              </tr>
            </thead>
            <tbody>
              ${status.restores.map(
                ({ metadata, spec, status: { state, endedAt, measured, requestedBy } }) =>
                  html`<tr>
                    <td>${metadata.name}</td>
                    <td>${spec.application}</td>
                    <td class="num">${endedAt === undefined ? '-' : readable(endedAt)}</td>
                    <td>${state}</td>
                    <td class="num">${age(measured?.rtoSeconds) ?? '-'}</td>
                    <td class="num">${age(measured?.lossSeconds) ?? '-'}</td>
                    <td>${requestedBy}</td>
                  </tr> `,
              )}
            </tbody>
          </table>`
    }
  </section> `;
}

const results = { found: 'something found', clear: 'nothing found', unseen: 'not answered' } as const;

function checks({ status }: WireReport): Markup {
  return html`<section>
    <h2>Checks</h2>
    <table>
      <thead>
        <tr>
          <th>Number</th>
          <th>Check</th>
          <th>Result</th>
        </tr>
      </thead>
      <tbody>
        ${status.doctor.checks.map(
          ({ number, title, result }) =>
            html`<tr>
              <td class="num">${number}</td>
              <td>${title}</td>
              <td class="${result === 'clear' ? 'Protected' : result === 'found' ? 'warning' : 'info'}">${results[result]}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section> `;
}
