// The style sheet of the page of a preview. Used by preview_page.cpp.
#pragma once

namespace leeway::preview {

inline constexpr const char* kPageStyle = R"(
:root{color-scheme:light dark;--back:#f4f5f5;--panel:#fff;--text:#24292e;--dim:#5c636d;--line:#dcdee2;--link:#1f62c4;
--good:#1a7f4b;--critical:#c4162a;--warning:#b35900;--info:#1f60c4;--cell:#e8630a;--bar:#3871dc}
@media(prefers-color-scheme:dark){:root{--back:#111217;--panel:#181b1f;--text:#d5d6df;--dim:#9fa2b0;--line:#30343b;
--link:#6e9fff;--good:#73bf69;--critical:#ff7383;--warning:#ff9830;--info:#6e9fff;--cell:#ff9830;--bar:#5794f2}}
*{box-sizing:border-box}
body{margin:0;padding:12px;background:var(--back);color:var(--text);font:14px/1.4 system-ui,sans-serif;
overflow-wrap:anywhere}
a{color:var(--link)}
h1{font-size:22px;margin:4px 0}h2{font-size:19px;margin:28px 0 4px}h3{font-size:15px;margin:16px 0 6px;
border-bottom:1px solid var(--line)}
p{margin:4px 0}.dim,.more,.reason{color:var(--dim)}nav a{margin-right:14px}
.grid{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));gap:8px}
.panel{background:var(--panel);border:1px solid var(--line);border-radius:3px;padding:8px;min-width:0}
summary{font-weight:600;cursor:pointer}details p{font-size:13px}pre{white-space:pre-wrap;font-size:12px;margin:4px 0}
.reason{padding:18px 0;text-align:center}.more{font-size:12px}
.chart{display:grid;grid-template-columns:74px minmax(0,1fr);grid-template-rows:auto 20px;padding-top:8px}
.chart.low{grid-template-rows:20px}.plot,.y{height:170px;position:relative}.plot svg{width:100%;height:100%;display:block}
.y span{position:absolute;right:6px;transform:translateY(-50%);font-size:11px;color:var(--dim);white-space:nowrap}
.x{grid-column:2;position:relative;height:20px;overflow:hidden}
.x span{position:absolute;top:3px;transform:translateX(-50%);font-size:11px;color:var(--dim);white-space:nowrap}
svg path{vector-effect:non-scaling-stroke}
.line{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.gridline{fill:none;stroke:var(--line);stroke-width:1}.limit{fill:none;stroke-width:1.5;stroke-dasharray:6 4}
.area{fill-opacity:.12}.cell{fill:var(--cell)}.bar{fill:var(--bar);fill-opacity:.8}.bar.no{fill-opacity:.25}
.legend{list-style:none;margin:6px 0 0;padding:0;font-size:12px;display:flex;flex-wrap:wrap;gap:2px 14px}
.legend i{display:inline-block;width:12px;height:4px;border-radius:2px;margin-right:5px;vertical-align:middle}
.legend i.dash{height:0;border-top:2px dashed;border-radius:0}
.values{display:flex;flex-wrap:wrap;gap:8px 24px;justify-content:center;padding:10px 0}
.value{text-align:center;min-width:80px}.value strong{display:block;font-size:26px;font-weight:600}
.value small{color:var(--dim)}
.gauge{display:block;height:12px;background:var(--line);border-radius:2px;overflow:hidden;margin:4px 0;min-width:140px}
.gauge span{display:block;height:100%}
.states{display:grid;grid-template-columns:74px minmax(0,1fr);gap:4px 0;padding-top:8px;align-items:center}
.states svg{width:100%;height:18px;display:block;background:var(--back)}
.states.alerts,.chart.low.alerts{grid-template-columns:minmax(90px,240px) minmax(0,1fr)}
.state{font-size:11px;color:var(--dim);text-align:right;padding-right:6px}
.scroll{overflow:auto;max-height:320px}table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;padding:3px 8px;border-bottom:1px solid var(--line)}th{white-space:nowrap}
.fired td:nth-child(n+2):nth-child(-n+4){overflow-wrap:normal}td.number{font-variant-numeric:tabular-nums}
@media(max-width:760px){.grid{display:block}.panel{margin-bottom:8px}}
)";

}  // namespace leeway::preview
