import { type Html, html } from './html.ts'

/** The page's whole look: calm, like print. Red is broken now, amber may be, blue is a change, grey is the rest. */
export const REPORT_STYLE: Html = html`
:root{color-scheme:light dark;--paper:#fbfaf7;--sheet:#fff;--ink:#1d1b18;--soft:#66615a;--rule:#ded9d0;--faint:#efece5;--red:#b3261e;--red-wash:rgba(179,38,30,.07);--amber:#c47f00;--blue:#1c5d99;--v1:#1c5d99;--v2:#c47f00;--v3:#5b7f3a;--v4:#7d5a96;--serif:Charter,'Bitstream Charter','Iowan Old Style',Georgia,'Liberation Serif',serif;--sans:system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif;--mono:ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace}
@media(prefers-color-scheme:dark){:root{--paper:#171613;--sheet:#1f1d1a;--ink:#ece8e0;--soft:#a29b90;--rule:#3a3630;--faint:#29261f;--red:#f0786d;--red-wash:rgba(240,120,109,.1);--amber:#e2a63b;--blue:#7db4e6;--v1:#7db4e6;--v2:#e2a63b;--v3:#a3c37e;--v4:#c6a3df}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);font-variant-numeric:tabular-nums;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
.page{max-width:1120px;margin:0 auto;padding:28px 32px 64px}
header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 24px;border-bottom:3px double var(--rule);padding-bottom:12px;color:var(--soft);font-size:14px}
header b{font:700 20px/1.2 var(--serif);color:var(--ink)}
h1,h2,h3,p,ol,ul,dl,dd,figure,table{margin:0;padding:0}
h2{font:700 34px/1.18 var(--serif);letter-spacing:-.01em;max-width:24em}
h2 span{color:var(--soft);font-weight:400}
h3{font:600 13px/1.4 var(--sans);color:var(--soft);text-transform:uppercase;letter-spacing:.06em;margin-bottom:10px}
a{color:inherit;text-decoration-color:var(--rule);text-underline-offset:3px}
article{padding-top:36px}
article+article{margin-top:56px;border-top:3px double var(--rule)}
.kicker{font-size:14px;color:var(--soft);margin-bottom:6px}
.kicker .open{color:var(--red);font-weight:600}
.standfirst{color:var(--soft);margin-top:10px}
.verdict{font:400 21px/1.45 var(--serif);margin-top:14px;max-width:38em}
.grid{display:grid;grid-template-columns:minmax(0,1.62fr) minmax(0,1fr);gap:36px 44px;margin-top:28px;align-items:start}
.beside{grid-column:2;grid-row:1/span 2}
section+section,figure+figure,figure+section{margin-top:32px}
figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 20px;margin-bottom:6px}
figcaption h3{margin:0;text-transform:none;letter-spacing:0;font-size:14px}
.key{font-size:13px;color:var(--soft)}
.key span{margin-left:14px;white-space:nowrap}
.key i{display:inline-block;width:16px;height:3px;border-radius:2px;margin-right:6px;vertical-align:middle;background:var(--soft)}
.key .band i{height:10px;background:var(--rule)}
.key .v1 i{background:var(--v1)}.key .v2 i{background:var(--v2)}.key .v3 i{background:var(--v3)}.key .v4 i{background:var(--v4)}
svg{display:block;max-width:100%;height:auto;overflow:visible}
.chart{width:100%}
.chart text{font:12px var(--sans);fill:var(--soft);font-variant-numeric:tabular-nums}
.chart .grid{stroke:var(--faint)}
.chart .axis{stroke:var(--rule)}
.chart .normal{fill:var(--rule);opacity:.75}
.chart .broken{fill:var(--red-wash)}
.chart .line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke:var(--ink)}
.chart .line circle{stroke:none;fill:var(--ink)}
.chart .line.v1{stroke:var(--v1)}.chart .line.v2{stroke:var(--v2)}.chart .line.v3{stroke:var(--v3)}.chart .line.v4{stroke:var(--v4)}
.chart .line.v1 circle{fill:var(--v1)}.chart .line.v2 circle{fill:var(--v2)}.chart .line.v3 circle{fill:var(--v3)}.chart .line.v4 circle{fill:var(--v4)}
.chart .mark line{stroke:var(--soft);stroke-dasharray:3 3}
.chart .mark.change line{stroke:var(--blue)}.chart .mark.change text{fill:var(--blue);font-weight:600}
.chart .mark.onset line{stroke:var(--red);stroke-dasharray:none}.chart .mark.onset text{fill:var(--red);font-weight:600}
.chart .hover rect{fill:transparent}.chart .hover rect:hover{fill:var(--ink);opacity:.08}
.narrow{display:none}
.cause{padding:14px 0;border-top:1px solid var(--rule)}
.cause:first-of-type{border-top:0;padding-top:0}
.sure{display:flex;justify-content:space-between;font-size:14px;color:var(--soft)}
.sure b{color:var(--ink);font-weight:600}
.bar{width:100%;height:6px;max-width:none;margin:5px 0 8px}
.bar .all{fill:var(--faint)}.bar .part{fill:var(--amber)}.bar .bad{fill:var(--red)}
.name{font-weight:600}.name.change{color:var(--blue)}
.cause time{color:var(--soft);font-size:14px}
.cause ul,.plain{list-style:none;margin-top:6px;font-size:15px}
.cause li{padding-left:14px;position:relative;margin-top:4px}
.cause li::before{content:'';position:absolute;left:0;top:.68em;width:5px;height:1px;background:var(--soft)}
.cause.minor{padding:8px 0}.cause.minor .name{font-weight:400}
.advice{background:var(--sheet);border:1px solid var(--rule);border-radius:6px;padding:18px 20px}
.advice p{font-size:15px}
.advice pre{margin:0 0 10px;padding:11px 13px;background:var(--faint);border-radius:4px;font:13.5px/1.5 var(--mono);white-space:pre-wrap;user-select:all;-webkit-user-select:all;cursor:copy}
.advice .hint{color:var(--soft);font-size:13px;margin:-6px 0 10px}
.mind{border-left:3px solid var(--amber);padding-left:11px;margin-top:10px}
.outcome{margin-top:12px;border-top:1px solid var(--rule);padding-top:10px}
.plain li{padding:5px 0}
details{font-size:15px}
summary{cursor:pointer;color:var(--soft);font-size:14px}
details[open] summary{margin-bottom:8px}
figure details{margin-top:8px}
table{width:100%;border-collapse:collapse;font-size:14px}
th{font-weight:400;color:var(--soft);text-align:left}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--faint);vertical-align:top}
th.number,td.number{text-align:right;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
.scroll{max-height:320px;overflow:auto}
.timeline{list-style:none}
.timeline li{display:grid;grid-template-columns:8.5em 1fr;gap:12px;padding:6px 0;border-bottom:1px solid var(--faint);font-size:15px}
.timeline time{color:var(--soft)}
.timeline .change{color:var(--blue)}.timeline .onset{color:var(--red)}
.contents{list-style:none;margin-top:28px}
.contents li{padding:9px 0;border-bottom:1px solid var(--rule);display:grid;grid-template-columns:minmax(0,1.2fr) 15em minmax(0,1.4fr);gap:2px 20px;align-items:baseline}
.contents span{color:var(--soft);font-size:14px}
.calm{font:400 24px/1.45 var(--serif);margin-top:40px;max-width:32em}
footer{margin-top:56px;border-top:1px solid var(--rule);padding-top:12px;color:var(--soft);font-size:13px}
@media(max-width:820px){.page{padding:18px 18px 48px}h2{font-size:26px}.verdict{font-size:18px}.grid,.contents li{grid-template-columns:minmax(0,1fr)}.grid{gap:30px}.beside{grid-column:1;grid-row:auto}}
@media(max-width:620px){.wide{display:none}.narrow{display:block}.timeline li{grid-template-columns:5.2em 1fr}th,td{padding-right:8px}article{padding-top:26px}}
@media print{.advice,details{break-inside:avoid}.page{max-width:none}}
`
