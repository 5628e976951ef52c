import { html } from './markup.js';

/** The page's one style sheet. Light, dark where the reader prefers it, and one column when narrow. */
export const STYLE = html`
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b2027; --muted: #586271; --line: #d5dbe3; --grid: #e8ecf1;
  --link: #1d4fb8; --good: #14713f; --good-soft: #dff3e6; --bad: #b3122a; --bad-soft: #fde5e7;
  --master: #1f4fb4; --on-master: #ffffff; --stripe: #7d9fe6;
  --replica: #cfdff6; --on-replica: #17376a; --replica-stripe: #8fb0e0;
  --sentinel: #e7e3f2; --on-sentinel: #453b66; --gone: #f1f2f4; --on-gone: #4c5562; --gone-line: #7c8694;
  --frozen: #c9edf3; --frozen-stripe: #8fd3df; --on-frozen: #0c4753; --cut: #e3e6ea; --cut-stripe: #aab2bd;
  --band: #ffb52e; --band-opacity: 0.38; --band-line: #b45a05; --band-tab: #a34f00; --on-band: #ffffff;
  --kept: #1c8552; --lost: #c4122f; --refused: #c3cad4; --badge: #333b46; --on-badge: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1217; --card: #161b22; --text: #e6ebf1; --muted: #9ba6b4; --line: #323a45; --grid: #232a33;
    --link: #8fb4ff; --good: #5fd393; --good-soft: #12301f; --bad: #ff8a93; --bad-soft: #3b1519;
    --master: #6d9bf5; --on-master: #071530; --stripe: #2f55a3;
    --replica: #213a62; --on-replica: #d3e2fa; --replica-stripe: #4a6ea8;
    --sentinel: #322c49; --on-sentinel: #dad3f2; --gone: #1d232b; --on-gone: #aeb8c5; --gone-line: #727d8b;
    --frozen: #144450; --frozen-stripe: #2b7182; --on-frozen: #c8f1f8; --cut: #2a313a; --cut-stripe: #56606d;
    --band: #f7a325; --band-opacity: 0.3; --band-line: #f7a325; --band-tab: #f7a325; --on-band: #201300;
    --kept: #3fb87e; --lost: #ff5566; --refused: #4c5664; --badge: #cdd5df; --on-badge: #10151b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere; }
main { max-width: 1200px; margin: 0 auto; padding: 24px 16px 64px; }
header, section { padding: 8px 16px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; margin-top: 20px; padding: 8px 16px 24px; }
h1 { font-size: 28px; line-height: 1.2; margin: 4px 0 12px; }
h2 { font-size: 22px; line-height: 1.3; margin: 16px 0 8px; }
h3 { font-size: 17px; margin: 32px 0 8px; }
h4 { font-size: 15px; margin: 20px 0 4px; }
p, ul { margin: 8px 0; max-width: 76ch; }
ul { padding-left: 20px; }
a { color: var(--link); }
code { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.eyebrow { color: var(--muted); font-size: 13px; margin: 0; }
.muted { color: var(--muted); font-size: 14px; }
.headline { font-size: 18px; max-width: 96ch; }
.introduction { max-width: none; }
.verdict { display: inline-block; font-size: 14px; font-weight: 600; padding: 1px 10px; border-radius: 99px; vertical-align: 2px; white-space: nowrap; }
.verdict.good { color: var(--good); background: var(--good-soft); }
.verdict.bad { color: var(--bad); background: var(--bad-soft); }
.alert { max-width: none; background: var(--bad-soft); border-left: 4px solid var(--bad); border-radius: 4px; padding: 8px 14px; }
.alert.complaints { padding-left: 32px; }
.alert.two { background: none; border: 1px solid var(--band-line); border-left-width: 6px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; margin: 16px 0; }
.figure { border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; display: flex; flex-direction: column; font-size: 14px; line-height: 1.4; }
.figure b { font-size: 28px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure.good b { color: var(--good); }
.figure.bad { border-color: var(--bad); background: var(--bad-soft); }
.figure.bad b { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; margin: 8px 0; }
th, td { text-align: left; vertical-align: top; padding: 5px 20px 5px 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
th { color: var(--muted); font-weight: 500; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td .muted, td code { font-size: inherit; }
th:last-child, td:last-child { padding-right: 0; }
details { margin-top: 16px; }
summary { cursor: pointer; font-weight: 600; }
.findings { list-style: none; padding: 0; }
.findings li { border-left: 4px solid var(--band-line); padding-left: 12px; margin: 12px 0; }
.findings li.error { border-color: var(--bad); }
.phases { list-style: none; margin: 0; padding: 0; }
.phases li { margin: 14px 0; }
.phases p { margin: 2px 0 0; font-size: 14px; color: var(--muted); }
@media (min-width: 900px) {
  .phases li { display: grid; grid-template: auto 1fr / 1fr 1fr; align-items: start; gap: 0 32px; }
  .phases p { grid-column: 2; grid-row: 1 / 3; }
}
.phase-head .muted { white-space: nowrap; }
.length { font-weight: 600; margin: 0 8px; font-variant-numeric: tabular-nums; }
.gantt { display: block; width: 100%; height: 10px; }
.gantt .track { fill: var(--grid); }
.gantt .bar { fill: var(--master); }
figure { margin: 8px 0; }
.legend { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 28px; font-size: 14px; }
.legend h4 { margin: 16px 0 6px; }
.legend ul { list-style: none; margin: 0; padding: 0; }
.legend code { white-space: nowrap; color: var(--muted); font-size: 12px; }
.legend li { display: flex; gap: 10px; align-items: flex-start; line-height: 1.4; margin: 4px 0; }
.swatch { width: 26px; height: 16px; flex: none; margin-top: 2px; }
.patterns { position: absolute; }
.narrow { display: none; }
.timeline { display: block; width: 100%; height: auto; }
.wide .timeline { min-width: 860px; }
@media (max-width: 719px) {
  main { padding: 8px 0 40px; }
  header, section { padding-left: 12px; padding-right: 12px; }
  section { border-radius: 0; border-width: 1px 0; }
  h1 { font-size: 23px; }
  h2 { font-size: 20px; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figure:last-child:nth-child(odd) { grid-column: 1 / -1; }
  th, td { padding-right: 7px; font-size: 13px; }
  th { white-space: normal; font-size: 12px; }
  td .verdict { white-space: normal; font-size: 12px; padding: 1px 6px; border-radius: 6px; }
  .wide { display: none; }
  .narrow { display: block; }
}
svg text { fill: var(--text); font-family: inherit; font-size: 12px; }
.timeline .name { font-size: 13px; font-weight: 600; }
.timeline .heading { font-size: 12px; font-weight: 600; fill: var(--muted); letter-spacing: 0.02em; }
.timeline .note { font-size: 11px; font-weight: 400; fill: var(--muted); }
.timeline .loss { font-size: 13px; font-weight: 700; fill: var(--lost); }
.timeline .axis { font-size: 11px; fill: var(--muted); }
.timeline .grid { stroke: var(--grid); }
.timeline .base { stroke: var(--line); }
.timeline .name, .timeline .heading, .fault text, .gap-label { paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
.band { fill: var(--band); opacity: var(--band-opacity); }
.band-edge { stroke: var(--band-line); stroke-width: 2; fill: none; }
.band-label rect { fill: var(--band-tab); }
.band-label text { fill: var(--on-band); font-weight: 700; text-anchor: middle; }
.fault path { stroke: var(--text); stroke-width: 1.5; }
.fault.end path { stroke-dasharray: 5 4; }
.fault text { font-weight: 600; }
.span rect { stroke: none; }
.span text { paint-order: stroke; stroke-linejoin: round; stroke-width: 6px; }
.span.master rect { fill: var(--master); }
.span.master text { fill: var(--on-master); }
.span.isolated rect { fill: url(#isolated); stroke: var(--master); stroke-width: 1.5; }
.span.isolated text { fill: var(--on-master); stroke: var(--master); font-weight: 600; }
.span.replica rect { fill: var(--replica); }
.span.replica text { fill: var(--on-replica); }
.span.syncing rect { fill: url(#syncing); }
.span.syncing text { fill: var(--on-replica); stroke: var(--replica); }
.span.sentinel rect { fill: var(--sentinel); }
.span.sentinel text { fill: var(--on-sentinel); }
.span.down rect { fill: var(--gone); stroke: var(--gone-line); stroke-dasharray: 4 3; }
.span.down text { fill: var(--on-gone); }
.span.frozen rect { fill: url(#frozen); }
.span.frozen text { fill: var(--on-frozen); stroke: var(--frozen); }
.span.cut rect { fill: url(#cut); stroke: var(--gone-line); stroke-dasharray: 4 3; }
.span.cut text { fill: var(--on-gone); stroke: var(--cut); }
.span.silent rect { fill: var(--card); stroke: var(--gone-line); stroke-dasharray: 1 3; }
.span.silent text { fill: var(--muted); }
pattern.isolated rect { fill: var(--master); }
pattern.isolated .stripe { fill: var(--stripe); }
pattern.syncing rect { fill: var(--replica); }
pattern.syncing .stripe { fill: var(--replica-stripe); }
pattern.frozen rect { fill: var(--frozen); }
pattern.frozen .stripe { fill: var(--frozen-stripe); }
pattern.cut rect { fill: var(--cut); }
pattern.cut .stripe { fill: var(--cut-stripe); }
.tick rect { fill: var(--badge); }
.quiet rect { fill: none; stroke: var(--muted); stroke-dasharray: 2 3; }
.badge rect { fill: var(--badge); stroke: var(--card); stroke-width: 1; }
.badge.X rect { fill: var(--bad); }
.badge path { stroke: var(--badge); stroke-width: 0.8; fill: none; }
.badge text { fill: var(--on-badge); font-size: 11px; font-weight: 700; text-anchor: middle; }
.writes path { shape-rendering: crispEdges; }
.kept { fill: var(--kept); }
.lost { fill: var(--lost); }
.refused { fill: var(--refused); }
.zero { stroke: var(--muted); fill: none; }
.gap { stroke: var(--text); fill: none; }
.gap-label { font-size: 11px; }
@media print { body, section { background: none; } details { display: block; } }
`;
