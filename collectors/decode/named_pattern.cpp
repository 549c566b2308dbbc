#include "collectors/decode/named_pattern.h"

#include <re2/re2.h>

#include <array>

namespace leeway {
namespace {

// More groups are rejected, so that a match needs no memory.
constexpr int kMostGroups = 64;
constexpr int kUsualGroups = 8;

template <int kPieces>
bool match_pieces(const re2::RE2& pattern, std::string_view text, std::span<std::string_view> found) {
  std::array<re2::StringPiece, kPieces> pieces;
  const re2::StringPiece piece(text.data(), text.size());
  if (!pattern.Match(piece, 0, piece.size(), RE2::UNANCHORED, pieces.data(), static_cast<int>(found.size()))) {
    return false;
  }
  for (std::size_t group = 0; group < found.size(); ++group) {
    found[group] = {pieces[group].data(), pieces[group].size()};
  }
  return true;
}

}  // namespace

Expected<NamedPattern> NamedPattern::compile(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (!compiled->ok()) {
    const bool other_syntax = pattern.find("(?<") != std::string::npos;
    return Error{ErrorCode::kConfiguration,
                 compiled->error() + (other_syntax ? "; expected named groups such as (?P<value>[0-9]+)" : "")};
  }
  if (compiled->NumberOfCapturingGroups() >= kMostGroups) {
    return Error{ErrorCode::kConfiguration, "it has more than " + std::to_string(kMostGroups - 1) + " groups"};
  }
  if (compiled->NamedCapturingGroups().empty()) {
    return Error{ErrorCode::kConfiguration, "it has no named group; expected one such as (?P<value>[0-9]+)"};
  }
  return NamedPattern(std::move(compiled));
}

NamedPattern::NamedPattern(std::shared_ptr<const re2::RE2> pattern) : pattern_(std::move(pattern)) {
  if (std::optional<StepPattern> steps = StepPattern::compile(pattern_->pattern())) {
    steps_ = std::make_shared<const StepPattern>(std::move(*steps));
  }
}

std::optional<std::size_t> NamedPattern::group_of(const FieldPath& field) const {
  const auto found = pattern_->NamedCapturingGroups().find(field.to_string());
  return found == pattern_->NamedCapturingGroups().end()
             ? std::nullopt
             : std::optional<std::size_t>(static_cast<std::size_t>(found->second));
}

std::vector<NamedPattern::Column> NamedPattern::columns(const Schema& schema) const {
  std::vector<Column> columns;
  for (FieldId field = 0; field < schema.size(); ++field) {
    if (const std::optional<std::size_t> group = group_of(schema.fields()[field])) {
      columns.push_back({*group, field});
    }
  }
  return columns;
}

std::size_t NamedPattern::groups() const { return static_cast<std::size_t>(pattern_->NumberOfCapturingGroups()) + 1; }

const std::string& NamedPattern::text() const { return pattern_->pattern(); }

bool NamedPattern::match(std::string_view text, std::vector<std::string_view>& found) const {
  found.resize(groups());
  return match_first(text, found);
}

bool NamedPattern::match_first(std::string_view text, std::span<std::string_view> found) const {
  if (steps_ != nullptr) {
    const StepPattern::Result result = steps_->match(text, found);
    if (result != StepPattern::Result::kUnknown) {
      return result == StepPattern::Result::kMatch;
    }
  }
  return found.size() <= kUsualGroups ? match_pieces<kUsualGroups>(*pattern_, text, found)
                                      : match_pieces<kMostGroups>(*pattern_, text, found);
}

}  // namespace leeway
