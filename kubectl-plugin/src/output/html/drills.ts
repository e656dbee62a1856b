import type { WireDrill } from '@kubectl-dr/core/wire/drill';
import { age } from '../../view.ts';
import { checksOf, clustersOf, heldAgainst, least } from '../columns.ts';
import { type Markup, html } from './html.ts';
import { page, readable } from './page.ts';

/** The evidence of one drill. */
export function drillPage(drill: WireDrill): string {
  const { metadata, spec, status } = drill;
  return page(
    `Evidence of the drill ${metadata.name}`,
    html`<p class="soft">
        ${spec.application} (${spec.components.join(', ')}), tried on ${clustersOf(drill)}, requested ${readable(spec.requestedAt)} by
        ${spec.requestedBy}${spec.reason === undefined ? '' : `: ${spec.reason}`}
      </p>
      <ul class="sum">
        <li><b>${status.state}</b>result</li>
        <li class="${colour(status.met.rto)}"><b>${rto(drill)}</b>from request to healthy</li>
        <li class="${colour(status.met.rpo)}"><b>${loss(drill)}</b>of data would be lost</li>
        <li><b>${checksOf(drill) ?? '-'}</b>declared checks passed</li>
        <li class="${status.cleanUp.state === 'Verified' ? 'Protected' : 'critical'}"><b>${status.cleanUp.state}</b>clean-up</li>
      </ul>
      ${hashOf(drill)}`,
    html`${status.message === undefined ? undefined : html`<p>${status.message}</p>`}
      <h2>Points</h2>
      ${table(
        ['Component', 'Point', 'Captured', 'Loss'],
        spec.points.map(({ component, cluster, name, capturedAt }) => [
          component,
          `${cluster}/${name}`,
          readable(capturedAt),
          age(status.components.find((each) => each.component === component)?.lossSeconds) ?? '-',
        ]),
      )}
      <h2>Checks</h2>
      ${
        status.checks.length + status.unchecked.length === 0
          ? html`<p class="soft">None is declared: that everything became ready is all that is known.</p>`
          : table(
              ['Check', 'Result', 'What was seen'],
              [
                ...status.checks.map(({ title, state, message }) => [title, state, message ?? '']),
                ...status.unchecked.map((line) => [line, 'not made', '']),
              ],
            )
      }
      <h2>Steps</h2>
      ${table(['Step', 'Cluster', 'Result', 'Took', 'What was seen'], status.steps.map(stepRow))}
      <h2>Clean-up</h2>
      ${table(
        ['Step', 'Cluster', 'Result', 'What was seen'],
        status.cleanUp.steps.map(({ title, cluster, state, message = '' }) => [title, cluster, state, message]),
      )}`,
  );
}

/** Of a report: every drill in a line. */
export function drillsSection(drills: readonly WireDrill[]): Markup {
  const header = ['Drill', 'Application', 'On', 'Ended', 'Result', 'RTO', 'Loss', 'Checks', 'Clean-up', 'Evidence'];
  return html`<section>
    <h2>Drills</h2>
    ${
      drills.length === 0
        ? html`<p>None: nobody has tried yet whether the points bring anything back.</p>`
        : table(
            header,
            drills.map((drill) => [
              drill.metadata.name,
              drill.spec.application,
              clustersOf(drill),
              drill.status.endedAt === undefined ? '-' : readable(drill.status.endedAt),
              drill.status.state,
              rto(drill),
              loss(drill),
              checksOf(drill) ?? '-',
              drill.status.cleanUp.state,
              evidence(drill),
            ]),
          )
    }
  </section> `;
}

function rto(drill: WireDrill): string {
  return heldAgainst(drill.status.measured.rtoSeconds, least(drill, 'rtoSeconds')) ?? '-';
}

function loss(drill: WireDrill): string {
  return heldAgainst(drill.status.measured.lossSeconds, least(drill, 'rpoSeconds')) ?? '-';
}

function evidence({ status: { evidence: kept } }: WireDrill): string {
  if (!kept) return '-';
  return kept.intact ? kept.hash : `changed: it does not fit ${kept.hash} any more`;
}

function hashOf({ metadata, status }: WireDrill): Markup {
  if (!status.evidence) return html`<p class="soft">It has not ended: there is no evidence yet.</p>`;
  if (!status.evidence.intact) return html`<p class="critical">The record does not fit its hash any more: somebody changed it.</p>`;
  return html`<p class="soft">
    SHA-256 of the record <code>${status.evidence.hash}</code>; anybody can make it again:
    <code>kubectl dr get drill ${metadata.name} -o json | jq -cSj '{spec, status: (.status | del(.evidence))}' | sha256sum</code>
  </p>`;
}

function stepRow({ title, cluster, state, startedAt, endedAt, message }: WireDrill['status']['steps'][number]): string[] {
  const took = startedAt && endedAt ? age((Date.parse(endedAt) - Date.parse(startedAt)) / 1000) : undefined;
  return [title, cluster, state, took ?? '-', message ?? ''];
}

function colour(met: boolean | undefined): string {
  return met === undefined ? 'info' : met ? 'Protected' : 'critical';
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${header.map((title) => html`<th>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}
