// What the sections of a web configuration have in common: a key without a value is as good as none, and scalars are
// texts. Used by web_config and tls_config.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "exporters/web_config/web_config.h"

namespace leeway {

struct ListedText {
  std::string text;
  Position position;
};

bool is_text(const ConfigValue* value, std::string_view text);
std::optional<TableReader> section(TableReader& reader, std::string_view key);
// Where `key` has some text.
std::optional<std::string> text_of(TableReader& reader, std::string_view key);
std::vector<ListedText> list_of(TableReader& reader, std::string_view key);
bool flag_of(TableReader& reader, std::string_view key, bool fallback);

// The section tls_server_config of the file `path`; none if it has no keys.
std::optional<TlsConfig> read_tls_config(TableReader& reader, const std::string& path);

}  // namespace leeway
