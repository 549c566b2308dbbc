// Passes lines through the decoders of all line formats except JSON, which has a target of its own, also behind
// envelopes and with parts hidden, and through the joiner of records. Neither the other lines nor what the decoder has
// seen before may change the result of a line. The first byte selects the format. To add a format, add a case.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/toml_reader.h"
#include "agent/sampling/field_names.h"
#include "collectors/builtin.h"
#include "collectors/decode/choose_format.h"
#include "collectors/records/line_joiner.h"
#include "collectors/records/record_keys.h"
#include "tests/collectors/decode/decode_lines.h"

namespace leeway {
namespace {

constexpr std::size_t kMaxInput = 1 << 16;

struct Case {
  const char* keys;  // of the source
  std::vector<std::string> fields;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {
      {"format = 'regex'\npattern = '(?P<a>\\w+)=(?P<b>\\C*?)( (?P<time>\\S+))?$'\ntime = 'time'\nthousands = ','",
       {"a", "b", "time", "none"}},
      {"format = 'json'\nprefix = true", {"a", "b.c"}},
      {"format = 'template'\npattern = '{time:word}{? [{a}]?} {b:text} | {c:int}{? {d:quoted}?}: {e:ms} {f:sum} {g}'",
       {"a", "b", "c", "d", "e", "f", "g"}},
      {"format = 'template'\npattern = '{a}{?[{b:last}]?}{? by {c:request} at?} {d:number}{e:word}x'",
       {"a", "b", "c", "path", "query", "method", "malformed", "d", "e"}},
      {"format = 'access'", {"client", "path", "query", "method", "status", "bytes", "agent", "malformed"}},
      {"format = 'nginx'", {"request", "path", "upstream_duration", "upstream_status", "forwarded", "duration"}},
      {"format = 'haproxy'", {"client", "server", "duration", "status", "path", "termination"}},
      {"format = 'logfmt'\ntime = 'time'", {"a", "b.c", "message", "[\"k k\"]"}},
      {"format = 'syslog'\nyear = 2026", {"severity", "host", "app", "pid", "id", "message", "sd.x.y", "time"}},
      {"format = 'csv'\ncolumns = ['a', 'b', 'time']\ntime = 'time'\nnull_values = ['-', '0']\nquoted_numbers = true",
       {"a", "b", "time", "none"}},
      {"format = 'klog'", {"level", "thread", "file", "line", "message", "a", "time"}},
      {"format = 'json'\ncontainer = 'cri'\nignore = ['^#', 'b+c']", {"a", "container.stream", "container.time"}},
      {"format = 'json'\ncontainer = 'docker'\nredact = ['email', 'ip', 'card', 'token']", {"a", "container.stream"}},
      {"format = 'template'\npattern = '{a}: {b}'\ncontainer = 'compose'\nmultiline = 'traces'",
       {"a", "b", "container.name"}},
      {"format = 'template'\npattern = '{a}'\ncontainer = 'docker'\nmultiline = { start = '^[A-Z]', max_lines = 3 }\n"
       "redact = ['k=(\\w+)']",
       {"a", "container.stream", "container.time"}},
  };
  return cases;
}

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

struct Source {
  explicit Source(const Case& one) : fields(one.fields.size()) {
    Diagnostics diagnostics;
    const ConfigTable table = parse_toml(one.keys, "keys.toml", diagnostics);
    TableReader reader(table, {}, "[[source]]", diagnostics);
    TimeKeys time = read_time_keys(reader);
    FormatContext context{reader, time};
    const FormatKind* const kind = choose_format(reader, builtin_formats(), FormatUse::kLogs, {});
    require(kind != nullptr);
    format = kind->read_lines(context);
    rules = read_record_keys(reader);
    reader.report_unused_keys();
    require(!diagnostics.has_errors());
    const auto make = [this](const Schema& schema) { return make_decoder(*format, rules, schema); };
    used = std::make_unique<LineDecoder>(one.fields, make);
    fresh = std::make_unique<LineDecoder>(one.fields, make);
  }

  std::size_t fields;
  std::unique_ptr<LineFormat> format;
  RecordRules rules;
  std::unique_ptr<LineDecoder> used;
  std::unique_ptr<LineDecoder> fresh;
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < kMaxBatchRows) {
    const std::size_t newline = text.find('\n');
    lines.emplace_back(text.substr(0, newline));
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
  return lines;
}

// Records are of whole lines, in order; none is of bytes that another has.
void check_joined(const JoinRules& rules, std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < text.size() && lines.size() < kMaxBatchRows;) {
    const std::size_t newline = text.find('\n', at);
    const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
    lines.push_back({text.substr(at, end - at - (newline == std::string_view::npos ? 0 : 1)), end});
    at = end;
  }
  LineJoiner joiner(rules);
  require(joiner.open_lines(lines) <= lines.size());
  const std::vector<Line> before = lines;
  const std::size_t left_out = joiner.join(lines, true);
  require(lines.size() + left_out <= before.size());
  const char* behind = text.data();
  for (const Line& record : lines) {
    require(record.text.data() >= behind && record.text.size() <= std::max(rules.max_bytes, text.size()));
    behind = record.text.data() + record.text.size();
    require(behind <= text.data() + record.end);
  }
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  if (size == 0 || size > kMaxInput) {
    return 0;
  }
  static const std::vector<std::unique_ptr<Source>> kSources = [] {
    std::vector<std::unique_ptr<Source>> sources;
    for (const Case& one : cases()) {
      sources.push_back(std::make_unique<Source>(one));
    }
    return sources;
  }();
  const Source& source = *kSources[data[0] % kSources.size()];
  const std::string text = std::string(reinterpret_cast<const char*>(data) + 1, size - 1) + std::string(kPadding, '\0');
  const std::string_view bytes(text.data(), size - 1);
  check_joined(source.rules.join, bytes);
  static_cast<void>(fields_of_document(bytes));
  for (const FieldPath& path : fields_of_text(bytes)) {
    require(!path.steps.empty());
  }
  const std::vector<std::string> lines = lines_of(bytes);
  source.fresh->forget();
  source.fresh->decode(lines, LineDecoder::Layout::kJoined);
  source.used->decode(lines);
  require(all_of(*source.used, source.fields) == all_of(*source.fresh, source.fields));
  require(source.used->batch.rows() <= lines.size());
  return 0;
}
