#include "exporters/page/status_page.h"

#include "agent/core/html_text.h"
#include "agent/core/rfc3339.h"
#include "agent/core/source_trouble.h"
#include "exporters/page/page_parts.h"
#include "exporters/page/sections.h"

namespace leeway {
namespace {

constexpr char kStyle[] = R"(
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --good: #116329;
  --doubtful: #7d4e00; --bad: #b3001b; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --soft: #9aa4af; --line: #30363d;
  --good: #56d364; --doubtful: #e3b341; --bad: #ff7b72; --link: #79c0ff; } }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .3rem; }
p { margin: .3rem 0; } small, .note, footer { color: var(--soft); } a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; } thead th { color: var(--soft); font-weight: 600; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; } thead th { overflow-wrap: normal; }
tbody th { font-weight: 600; } code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
.good { color: var(--good); } .doubtful { color: var(--doubtful); } .bad { color: var(--bad); font-weight: 600; }
.unknown { color: var(--soft); }
svg polyline { fill: none; stroke: var(--text); stroke-width: 1.5; } svg .limit { stroke: var(--doubtful); stroke-dasharray: 3 3; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; padding: 0; margin: .5rem 0; }
@media (max-width: 40rem) { thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
  table, tbody, tr, th, td { display: block; border: 0; padding: .1rem 0; } tr { border-bottom: 1px solid var(--line);
  padding: .4rem 0; } td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); } }
)";

constexpr char kLinks[] = R"(<nav aria-label="Other pages"><ul>
<li><a href="/metrics">/metrics</a> for Prometheus</li>
<li><a href="/api/v1/status">/api/v1/status</a> this page as JSON</li>
<li><a href="/api/v1/unmatched">/api/v1/unmatched</a> the last rejected lines</li>
<li><a href="/-/healthy">/-/healthy</a> whether the agent runs</li>
<li><a href="/-/ready">/-/ready</a> whether it has caught up, and what is missing</li>
</ul></nav>
)";

std::string readiness(const AgentStatus& status) {
  if (!status.ready) {
    return page::state_word(page::State::kDoubtful, "Not ready") + ": a source has not been read to its end.";
  }
  std::string troubles;
  for (const SourceStatus& source : status.sources) {
    if (const std::string trouble = trouble_of(source); !trouble.empty()) {
      troubles += "<li><b>" + escape_html(source.name) + "</b>: " + escape_html(trouble) + "</li>\n";
    }
  }
  if (troubles.empty()) {
    return page::state_word(page::State::kGood, "Ready") + ": every source was read to its end once.";
  }
  return page::state_word(page::State::kDoubtful, "Ready, but nothing comes from") + ":</p>\n<ul>\n" + troubles +
         "</ul>\n<p>";
}

std::string older_configuration(const ConfigurationStatus& reloads) {
  if (reloads.outdated_since == kNoTime) {
    return "";
  }
  const std::string since = format_rfc3339(reloads.outdated_since);
  return "<p>" + page::state_word(page::State::kBad, "An older configuration is in use") + ": since <time datetime=\"" +
         since + "\">" + since + "</time> its file cannot be taken over. <code>" + escape_html(reloads.error) +
         "</code></p>";
}

}  // namespace

std::string status_page(const Snapshot& snapshot, const PageFacts& facts, TimePoint now) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Leeway</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>";
  out += kStyle;
  out += "</style></head>\n<body>\n<header><h1>Leeway</h1>\n<p>" + readiness(snapshot.status()) + "</p>" +
         older_configuration(facts.reloads) + "</header>\n<main>\n";
  out += page::sources_section(snapshot, now) + page::slos_section(snapshot) + page::drift_section(snapshot) +
         page::top_section(snapshot) + page::metrics_section(snapshot) + page::checkpoint_section(snapshot, now);
  out += "</main>\n<footer>\n";
  out += kLinks;
  out += "<p>Version " + escape_html(facts.version) + ", configuration <code>" + escape_html(facts.configuration) +
         "</code>. Values of " + format_rfc3339(snapshot.taken()) +
         "; reload the page for newer ones.</p>\n</footer>\n" + "</body>\n</html>\n";
  return out;
}

}  // namespace leeway
