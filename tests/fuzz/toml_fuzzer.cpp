// Parses text as a configuration file, then reads it with the typed getters: whatever it contains, the result is a tree
// or errors that a user can locate.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/config/toml_reader.h"

namespace leeway {
namespace {

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

// Every position is in the file and no message is empty.
void check(const std::vector<Error>& errors, std::size_t lines) {
  for (const Error& error : errors) {
    require(error.position.file == "t.toml" && !error.message.empty());
    require(error.position.line >= 1 && error.position.line <= lines + 1 && error.position.column >= 1);
  }
}

void read_all(const ConfigTable& table, Diagnostics& diagnostics) {
  for (const auto& [key, value] : table.entries()) {
    TableReader reader(table, {"t.toml", 1, 1}, "[x]", diagnostics);
    (void)reader.required_string(key);
    (void)reader.integer(key, 0, 100);
    (void)reader.number(key);
    (void)reader.boolean(key);
    (void)reader.duration(key);
    (void)reader.byte_size(key);
    (void)reader.choice(key, {"beginning", "end"});
    (void)reader.strings(key);
    (void)reader.numbers(key);
    reader.report_unused_keys();
  }
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const auto environment = [](const std::string& name) {
    return name == "SET" ? std::optional<std::string>("${SET}") : std::nullopt;
  };
  Variables variables(environment);
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(text, "t.toml", diagnostics, &variables);
  check(diagnostics.errors(), lines);
  check(diagnostics.warnings(), lines);

  Diagnostics again;
  require(ConfigValue(config, {}, {}).canonical() ==
          ConfigValue(parse_toml(text, "t.toml", again, &variables), {}, {}).canonical());
  require(diagnostics.to_string() == again.to_string());

  Diagnostics reading;
  read_all(config, reading);
  check(reading.errors(), lines);
  return 0;
}
