#include <algorithm>

#include "collectors/builtin.h"
#include "collectors/decode/json_format.h"
#include "collectors/decode/pattern_decoder.h"
#include "collectors/files/csv_format.h"
#include "collectors/files/document_format.h"
#include "collectors/files/sqlite_format.h"
#include "collectors/files/toml_loader.h"
#include "collectors/files/yaml_loader.h"
#include "collectors/parquet/parquet_format.h"
#include "collectors/text/template_format.h"

namespace leeway {
namespace {

// A log named *.json holds one object per line; a data file with that name is one document.
constexpr std::array kFormats = {
    FormatKind{"json", {"json", "jsonl", "ndjson"}, FormatUse::kLogs, read_json_log_format},
    FormatKind{"json", {"json"}, FormatUse::kFiles, nullptr, read_document_format<JsonLoader>},
    FormatKind{"jsonl", {"jsonl", "ndjson"}, FormatUse::kFiles, read_jsonl_format},
    FormatKind{"csv", {"csv"}, FormatUse::kFiles, nullptr, read_csv_format},
    FormatKind{"tsv", {"tsv"}, FormatUse::kFiles, nullptr, read_tsv_format},
    FormatKind{"parquet", {"parquet"}, FormatUse::kFiles, nullptr, read_parquet_format},
    FormatKind{"regex", {}, FormatUse::kBoth, read_regex_format},
    FormatKind{"template", {}, FormatUse::kBoth, read_template_format},
    FormatKind{"sqlite", {"db", "sqlite", "sqlite3"}, FormatUse::kFiles, nullptr, read_sqlite_format},
    FormatKind{"yaml", {"yaml", "yml"}, FormatUse::kFiles, nullptr, read_document_format<YamlLoader>},
    FormatKind{"toml", {"toml"}, FormatUse::kFiles, nullptr, read_document_format<TomlLoader>},
};

constexpr bool reads_what_it_is_used_for(const FormatKind& kind) {
  const bool one_of_two = (kind.read_lines == nullptr) != (kind.read_file == nullptr);
  return one_of_two && (kind.use == FormatUse::kFiles || kind.read_lines != nullptr);
}
static_assert(std::all_of(kFormats.begin(), kFormats.end(), reads_what_it_is_used_for));

}  // namespace

std::span<const FormatKind> builtin_formats() { return kFormats; }

}  // namespace leeway
