// YAML and TOML: whatever is accepted is JSON that can be read, and no larger than the limit.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "collectors/files/json_document.h"
#include "collectors/files/toml_loader.h"
#include "collectors/files/yaml_loader.h"

namespace {

constexpr std::uint64_t kLimit = 64 << 10;

class Bytes final : public leeway::File {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}

  leeway::Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    const std::size_t size = std::min(out.size(), bytes_.size() - std::min<std::uint64_t>(offset, bytes_.size()));
    std::memcpy(out.data(), bytes_.data() + offset, size);
    return size;
  }
  leeway::Expected<void> write_at(std::uint64_t /*offset*/, std::string_view /*bytes*/) override { return {}; }
  leeway::Expected<void> sync_data() override { return {}; }
  leeway::Expected<leeway::FileInfo> info() const override { return leeway::FileInfo{}; }
  leeway::Expected<std::uint64_t> next_data(std::uint64_t offset) const override { return offset; }

 private:
  std::string bytes_;
};

void check(leeway::DocumentLoader& loader, Bytes& file, std::size_t size) {
  std::string text;
  if (loader.load({"f", &file, size}, kLimit, text, {}).state != leeway::ReadStep::State::kDone ||
      text.size() > kLimit) {
    return;
  }
  leeway::JsonDocument document;
  switch (document.parse(text)) {
    case leeway::JsonDocument::Result::kOk:
    case leeway::JsonDocument::Result::kEmpty:
    case leeway::JsonDocument::Result::kTooDeep:      // by aliases
    case leeway::JsonDocument::Result::kInvalidUtf8:  // repaired by the reader
      return;
    default:
      std::abort();
  }
}

}  // namespace

// The first byte selects the format.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  Bytes file(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  if (data[0] == 't') {
    leeway::TomlLoader loader;
    check(loader, file, size - 1);
  } else {
    leeway::YamlLoader loader;
    check(loader, file, size - 1);
  }
  return 0;
}
