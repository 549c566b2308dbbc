// Compares patterns that are matched step by step with RE2. The input is a pattern, a newline, and texts of a line
// each.
#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "collectors/decode/step_pattern.h"

namespace leeway {
namespace {

constexpr std::size_t kMaxInput = 1 << 12;
constexpr std::int64_t kMaxMemory = 1 << 20;

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

std::string_view view_of(const re2::StringPiece& piece) {
  return piece.data() == nullptr ? std::string_view() : std::string_view(piece.data(), piece.size());
}

void compare(const RE2& re2, const StepPattern& steps, std::string_view text) {
  const auto groups = static_cast<std::size_t>(re2.NumberOfCapturingGroups()) + 1;
  std::vector<std::string_view> found(groups);
  const StepPattern::Result result = steps.match(text, found);
  if (result == StepPattern::Result::kUnknown) {
    return;
  }
  std::vector<re2::StringPiece> expected(groups);
  const re2::StringPiece whole(text.data(), text.size());
  const bool matches = re2.Match(whole, 0, text.size(), RE2::UNANCHORED, expected.data(), static_cast<int>(groups));
  require(matches == (result == StepPattern::Result::kMatch));
  for (std::size_t group = 0; matches && group < groups; ++group) {
    require(view_of(expected[group]) == found[group]);
  }
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  const std::string_view input(reinterpret_cast<const char*>(data), std::min(size, kMaxInput));
  const std::size_t newline = std::min(input.find('\n'), input.size());
  const std::string_view pattern = input.substr(0, newline);
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxMemory);
  const RE2 re2(re2::StringPiece(pattern.data(), pattern.size()), options);
  const std::optional<StepPattern> steps = re2.ok() ? StepPattern::compile(pattern) : std::nullopt;
  if (!steps) {
    return 0;
  }
  std::string_view texts = input.substr(std::min(newline + 1, input.size()));
  while (!texts.empty()) {
    const std::size_t end = std::min(texts.find('\n'), texts.size());
    compare(re2, *steps, texts.substr(0, end));
    texts.remove_prefix(std::min(end + 1, texts.size()));
  }
  return 0;
}
