#include "collectors/files/toml_loader.h"

#include "agent/config/toml_document.h"
#include "collectors/files/json_builder.h"
#include "collectors/files/json_document.h"

namespace leeway {
namespace {

constexpr std::uint64_t kQuickTomlBytes = 16 << 10;

class TomlConverter final : public TomlVisitor {
 public:
  explicit TomlConverter(std::string& out) : json_(out) {}

  void begin_table() override { json_.begin_object(); }
  void end_table() override { json_.end_object(); }
  void begin_array() override { json_.begin_array(); }
  void end_array() override { json_.end_array(); }
  void key(std::string_view name) override { json_.key(name); }
  void text(std::string_view value) override { json_.string(value); }
  void integer(std::int64_t value) override { json_.integer(value); }
  void number(double value) override { json_.number(value); }
  void boolean(bool value) override { json_.raw(value ? "true" : "false"); }

 private:
  JsonBuilder json_;
};

}  // namespace

bool TomlLoader::is_slow(const FileToRead& version) const { return version.size > kQuickTomlBytes; }

ReadStep TomlLoader::load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token /*stop*/) {
  std::string source;
  ReadStep step = load_bytes(version, limit, source);
  if (step.state != ReadStep::State::kDone) {
    return step;
  }
  text.clear();
  TomlConverter converter(text);
  const Expected<void> visited = visit_toml(source, JsonDocument::kMaxDepth, converter);
  if (!visited) {
    const Error& error = visited.error();
    return ReadStep::broken(error.code == ErrorCode::kLimit ? "too_deep" : "syntax", error.to_string());
  }
  return step;
}

}  // namespace leeway
