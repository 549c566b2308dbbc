#include <algorithm>
#include <utility>

#include "collectors/builtin.h"
#include "collectors/decode/csv_decoder.h"
#include "collectors/decode/json_format.h"
#include "collectors/decode/pattern_decoder.h"
#include "collectors/files/csv_format.h"
#include "collectors/files/document_format.h"
#include "collectors/files/sqlite_format.h"
#include "collectors/files/toml_loader.h"
#include "collectors/files/yaml_loader.h"
#include "collectors/parquet/parquet_format.h"
#include "collectors/text/klog_format.h"
#include "collectors/text/logfmt_format.h"
#include "collectors/text/presets.h"
#include "collectors/text/syslog_format.h"
#include "collectors/text/template_format.h"

namespace leeway {
namespace {

// A log named *.json holds one object per line; a data file with that name is one document.
constexpr std::string_view kMembers = "the members of the object: a.b[0]";
constexpr std::string_view kColumns = "the columns";
constexpr std::array kOwnFormats = {
    FormatKind{"json",
               {"json", "jsonl", "ndjson"},
               FormatUse::kLogs,
               read_json_log_format,
               nullptr,
               kMembers,
               R"({"time": "2026-11-28T04:25:02Z", "level": "INFO", "msg": "request done", "ms": 3.5})"},
    FormatKind{"json", {"json"}, FormatUse::kFiles, nullptr, read_document_format<JsonLoader>, kMembers},
    FormatKind{"jsonl", {"jsonl", "ndjson"}, FormatUse::kFiles, read_jsonl_format, nullptr, kMembers},
    FormatKind{"csv", {"csv"}, FormatUse::kLogs, read_csv_log_format, nullptr, kColumns},
    FormatKind{"tsv", {"tsv"}, FormatUse::kLogs, read_tsv_log_format, nullptr, kColumns},
    FormatKind{"csv", {"csv"}, FormatUse::kFiles, nullptr, read_csv_format, kColumns},
    FormatKind{"tsv", {"tsv"}, FormatUse::kFiles, nullptr, read_tsv_format, kColumns},
    FormatKind{"parquet", {"parquet"}, FormatUse::kFiles, nullptr, read_parquet_format, kColumns},
    FormatKind{"regex", {}, FormatUse::kBoth, read_regex_format, nullptr, "the named groups of `pattern`"},
    FormatKind{"template", {}, FormatUse::kBoth, read_template_format, nullptr, "the parts of `pattern`"},
    FormatKind{
        "logfmt", {}, FormatUse::kBoth, read_logfmt_format, nullptr, "the keys of the pairs, message", kLogfmtSample},
    FormatKind{"syslog",
               {},
               FormatUse::kBoth,
               read_syslog_format,
               nullptr,
               "time, priority, facility, severity, host, app, pid, id, message, sd[ID].NAME",
               kSyslogSample},
    FormatKind{"klog",
               {},
               FormatUse::kBoth,
               read_klog_format,
               nullptr,
               "time, level, thread, file, line, message, the keys of the pairs",
               kKlogSample},
    FormatKind{"sqlite",
               {"db", "sqlite", "sqlite3"},
               FormatUse::kFiles,
               nullptr,
               read_sqlite_format,
               "the columns of `query`"},
    FormatKind{"yaml", {"yaml", "yml"}, FormatUse::kFiles, nullptr, read_document_format<YamlLoader>, kMembers},
    FormatKind{"toml", {"toml"}, FormatUse::kFiles, nullptr, read_document_format<TomlLoader>, kMembers},
};

// And the presets of collectors/text.
template <std::size_t... kRows>
constexpr auto with_presets(std::index_sequence<kRows...> /*rows*/) {
  constexpr std::array kPresets = {FormatKind{kTextPresets[kRows].name,
                                              {},
                                              FormatUse::kBoth,
                                              read_preset_format<kRows>,
                                              nullptr,
                                              {},
                                              kTextPresets[kRows].sample,
                                              kTextPresets[kRows].pattern}...};
  std::array<FormatKind, kOwnFormats.size() + kPresets.size()> all{};
  std::copy(kPresets.begin(), kPresets.end(), std::copy(kOwnFormats.begin(), kOwnFormats.end(), all.begin()));
  return all;
}
constexpr auto kFormats = with_presets(std::make_index_sequence<kTextPresets.size()>());

constexpr bool reads_what_it_is_used_for(const FormatKind& kind) {
  const bool one_of_two = (kind.read_lines == nullptr) != (kind.read_file == nullptr);
  return one_of_two && (kind.use == FormatUse::kFiles || kind.read_lines != nullptr);
}
static_assert(std::all_of(kFormats.begin(), kFormats.end(), reads_what_it_is_used_for));

}  // namespace

std::span<const FormatKind> builtin_formats() { return kFormats; }

}  // namespace leeway
