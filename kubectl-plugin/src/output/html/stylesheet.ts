import { Markup } from './html.ts';

/** Light and dark by the reader's choice; on paper always light, without cuts through a row. */
export const stylesheet = Markup.trusted(`
:root { color-scheme: light dark; --text: #1c2026; --soft: #5b6572; --line: #dfe3e8; --back: #fff; --card: #f6f8fa;
  --good: #1a7f4b; --proof: #0b7285; --warn: #9a6700; --bad: #c1272d; --none: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ed; --soft: #9aa5b1; --line: #30363d; --back: #0e1217; --card: #161b22;
  --good: #4cc38a; --proof: #4fc3d9; --warn: #e0b341; --bad: #ff7b72; --none: #9aa5b1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem 4rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); padding-bottom: .35rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; } p { margin: .25rem 0; } .soft { color: var(--soft); }
code { font: .87em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--card); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
.sum { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.sum li { border: 1px solid var(--line); border-radius: 8px; padding: .6rem 1rem; background: var(--card); min-width: 7rem; }
.sum b { display: block; font-size: 1.5rem; line-height: 1.2; }
.verdict { display: inline-block; border-radius: 999px; border: 1px solid currentColor; padding: 0 .6em; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.Protected { color: var(--good); } .Unproven { color: var(--proof); } .AtRisk, .warning { color: var(--warn); }
.Breached, .Unprotected, .critical, .blocker { color: var(--bad); } .Unknown, .info { color: var(--none); }
table { width: 100%; border-collapse: collapse; margin: .75rem 0; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; } th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.num { white-space: nowrap; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.finding { border-left: 3px solid currentColor; padding: .1rem 0 .1rem .85rem; margin: 1rem 0; break-inside: avoid; }
.finding > * { color: var(--text); } .finding ul { margin: .35rem 0; padding-left: 1.1rem; } .finding .soft { color: var(--soft); }
svg { display: block; width: 100%; height: 22px; min-width: 14rem; } svg line { stroke: var(--line); }
svg .yes { fill: var(--good); } svg .no { fill: var(--bad); } svg .unknown { fill: var(--none); }
@media print { :root { color-scheme: light; --text: #000; --soft: #444; --line: #bbb; --back: #fff; --card: #fff;
    --good: #14643b; --proof: #0b5a68; --warn: #7a5200; --bad: #a01c22; --none: #555; }
  body { max-width: none; padding: 0; font-size: 10.5pt; } tr, .finding, .sum li { break-inside: avoid; } h2, h3 { break-after: avoid; } thead { display: table-header-group; } }
`);
