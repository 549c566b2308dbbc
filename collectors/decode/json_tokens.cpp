#include "collectors/decode/json_tokens.h"

#include <simdjson.h>

#include <new>

namespace leeway {
namespace {

// Room for this many bytes is kept; more is freed once lines are shorter again (a byte of text costs 4).
constexpr std::size_t kUsualCapacity = 64 * 1024;

}  // namespace

struct JsonTokens::Scanner {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  std::size_t capacity = 0;

  void reserve(std::size_t size) {
    const std::size_t wanted = std::max(size, kUsualCapacity);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, stage) !=
        simdjson::SUCCESS) {
      throw std::bad_alloc();
    }
    capacity = wanted;
  }
};

JsonTokens::JsonTokens() : scanner_(std::make_unique<Scanner>()) { scanner_->reserve(kUsualCapacity); }
JsonTokens::~JsonTokens() = default;

ScanResult JsonTokens::scan(std::string_view text) {
  Scanner& scanner = *scanner_;
  if (text.size() > scanner.capacity || (scanner.capacity > kUsualCapacity && text.size() <= kUsualCapacity))
      [[unlikely]] {
    scanner.reserve(text.size());
  }
  switch (scanner.stage->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS:
      return ScanResult::kOk;
    case simdjson::EMPTY:
      return ScanResult::kEmpty;
    case simdjson::UNCLOSED_STRING:
      return ScanResult::kUnclosedString;
    case simdjson::UTF8_ERROR:
      return ScanResult::kInvalidUtf8;
    default:
      return ScanResult::kInvalid;
  }
}

std::span<const std::uint32_t> JsonTokens::starts() const {
  return {scanner_->stage->structural_indexes.get(), scanner_->stage->n_structural_indexes};
}

}  // namespace leeway
