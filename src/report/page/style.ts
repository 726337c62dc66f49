/** The page's style: one column, readable on a phone and on paper, in light and in dark. Colours pass WCAG AA on their ground. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f7f6f2; --card: #ffffff; --ink: #1a1e22; --dim: #59626b; --line: #dcd9d0; --faint: #efede6;
  --legacy: #868c95; --unified: #1769aa; --folded: #b97700; --rejected: #b3261e; --good: #1b7446; --goodpaper: #e6f3ec; --badpaper: #fbeae8; --warnpaper: #fbf2df;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121518; --card: #1a1f24; --ink: #e9e7e2; --dim: #a2abb4; --line: #323a41; --faint: #232a30;
    --legacy: #8f98a2; --unified: #62b0ef; --folded: #e0a63a; --rejected: #f2837a; --good: #5fcb92; --goodpaper: #15291f; --badpaper: #331b1a; --warnpaper: #2e2612;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
.kicker { margin: 0; color: var(--dim); font-size: .85rem; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: .15rem 0 .35rem; font-size: clamp(1.6rem, 5vw, 2.4rem); line-height: 1.15; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .4rem; padding-top: .8rem; border-top: 1px solid var(--line); font-size: 1.35rem; letter-spacing: -.01em; }
h3 { margin: 1.6rem 0 .3rem; font-size: 1.05rem; }
p { margin: .4rem 0 .8rem; max-width: 46rem; }
.lead { color: var(--dim); }
a { color: var(--unified); }
.verdict { display: flex; gap: .75rem; align-items: baseline; margin: 1.2rem 0; padding: .9rem 1.1rem; border-radius: .6rem; background: var(--goodpaper); border-left: .3rem solid var(--good); }
.verdict.bad { background: var(--badpaper); border-color: var(--rejected); }
.verdict.open { background: var(--warnpaper); border-color: var(--folded); }
.verdict strong { display: block; font-size: 1.1rem; }
.mark { font-weight: 700; color: var(--good); } .bad .mark, .mark.no { color: var(--rejected); } .open .mark { color: var(--folded); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.6rem, 1fr)); gap: .75rem; margin: 1.2rem 0; padding: 0; list-style: none; }
.tiles li { padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.tiles b { display: block; font-size: 1.45rem; line-height: 1.2; letter-spacing: -.01em; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--dim); font-size: .85rem; }
.warnings { margin: 1rem 0; padding: .7rem 1.1rem .7rem 2.1rem; background: var(--warnpaper); border-radius: .6rem; }
.warnings li { margin: .2rem 0; overflow-wrap: anywhere; }
.state { display: inline-block; margin-left: .35rem; padding: .05rem .6rem; border-radius: 1rem; background: var(--faint); color: var(--dim); font-size: .8rem; font-weight: 600; vertical-align: .1em; }
.state.good { background: var(--goodpaper); color: var(--good); } .state.bad { background: var(--badpaper); color: var(--rejected); }
figure { margin: 1rem 0 1.4rem; padding: 1rem 1rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; break-inside: avoid; }
figcaption { margin-bottom: .5rem; color: var(--dim); font-size: .9rem; }
figcaption b { color: var(--ink); }
svg { display: block; width: 100%; height: auto; overflow: visible; font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--ink); }
svg .dim { fill: var(--dim); } svg .strong { font-weight: 600; }
svg .grid { stroke: var(--line); stroke-width: 1; fill: none; } svg .rule { stroke: var(--dim); stroke-width: 1; }
svg .halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.f-legacy { fill: var(--legacy); } .f-unified { fill: var(--unified); } .f-folded { fill: var(--folded); } .f-rejected { fill: var(--rejected); } .f-good { fill: var(--good); }
.s-legacy { stroke: var(--legacy); } .s-unified { stroke: var(--unified); } .s-folded { stroke: var(--folded); } .s-rejected { stroke: var(--rejected); }
.soft { opacity: .55; } .softer { opacity: .3; } .none { fill: none; }
.narrow { display: none; }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: .2rem 0 .5rem; padding: 0; list-style: none; color: var(--dim); font-size: .85rem; }
.key svg { display: inline-block; width: .8em; height: .8em; margin-right: .4em; vertical-align: -.05em; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { padding: .2rem 0 .4rem; text-align: left; color: var(--dim); font-size: .9rem; }
caption span { display: block; position: sticky; left: 0; max-width: min(100%, calc(100vw - 2.2rem)); }
th, td { padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; } thead th { color: var(--dim); font-size: .82rem; white-space: nowrap; }
th.n, td.n { text-align: right; white-space: nowrap; } th:last-child, td:last-child { padding-right: 0; }
tr.sum th, tr.sum td { border-top: 1.5px solid var(--dim); font-weight: 600; }
td.hash { font: .8rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; min-width: 9rem; }
td.tick { white-space: nowrap; }
td.long { overflow-wrap: anywhere; min-width: 10rem; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--dim); font-size: .9rem; }
summary:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--unified); outline-offset: 2px; border-radius: .2rem; }
pre { margin: .4rem 0 1rem; padding: .7rem .9rem; overflow-x: auto; background: var(--faint); border-radius: .4rem; font: .78rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 3rem; border-top: 1px solid var(--line); color: var(--dim); font-size: .85rem; }
@media (max-width: 40rem) {
  .wide { display: none; } .narrow { display: block; }
  header { padding-top: 1.4rem; } main, header, footer { padding-left: 1rem; padding-right: 1rem; }
  figure { margin-left: -.4rem; margin-right: -.4rem; padding: .8rem .7rem .6rem; }
  h2 { margin-top: 2.2rem; } table { font-size: .86rem; } .tiles b { font-size: 1.25rem; } .tiles { grid-template-columns: 1fr 1fr; gap: .5rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --dim: #444; --line: #ccc; --faint: #f3f3f3; --legacy: #868c95; --unified: #1769aa; --folded: #b97700; --rejected: #b3261e; --good: #1b7446; --goodpaper: #fff; --badpaper: #fff; --warnpaper: #fff; }
  body { font-size: 10.5pt; } main, header, footer { max-width: none; padding: 0; } header { padding-top: 0; }
  .wide { display: block; } .narrow { display: none; } details:not([open]) { display: none; }
  .verdict, .warnings { border: 1px solid var(--line); border-left-width: .3rem; } .scroll { overflow: visible; }
  h2 { break-after: avoid; margin-top: 1.6rem; } h3, caption { break-after: avoid; } tr, li { break-inside: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  @page { margin: 16mm 14mm; }
}
`;
