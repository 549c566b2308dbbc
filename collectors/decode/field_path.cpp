#include "collectors/decode/field_path.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace leeway {
namespace {

constexpr std::string_view kNotInNames = ".[]\"' \t\r\n";

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Expected<FieldPath> read() {
    FieldPath path;
    while (at_ < text_.size() || path.steps.empty()) {
      const bool bracket = peek() == '[';
      if (!bracket && !path.steps.empty()) {
        if (peek() != '.') {
          return error("expected '.' or '['");
        }
        ++at_;
      }
      std::optional<FieldPath::Step> step = bracket ? read_bracket() : read_name();
      if (!step) {
        return error(bracket ? "expected [index] or [\"name\"]" : "expected a name");
      }
      path.steps.push_back(std::move(*step));
    }
    return path;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Error error(const std::string& problem) const {
    return {ErrorCode::kConfiguration,
            "field path '" + std::string(text_) + "': " + problem + "; a path looks like a.b, a[\"b c\"] or a[0]",
            {"", 1, static_cast<std::uint32_t>(at_ + 1)}};
  }

  std::optional<FieldPath::Step> read_name() {
    const std::size_t end = std::min(text_.find_first_of(kNotInNames, at_), text_.size());
    if (end == at_) {
      return std::nullopt;
    }
    std::string name(text_.substr(at_, end - at_));
    at_ = end;
    return name;
  }

  std::optional<FieldPath::Step> read_bracket() {
    const std::size_t inside = at_ + 1;
    if (inside >= text_.size()) {
      return std::nullopt;
    }
    const char quote = text_[inside];
    if (quote == '"' || quote == '\'') {
      const std::size_t end = text_.find(quote, inside + 1);
      if (end == std::string_view::npos || end + 1 >= text_.size() || text_[end + 1] != ']') {
        return std::nullopt;
      }
      at_ = end + 2;
      return std::string(text_.substr(inside + 1, end - inside - 1));
    }
    std::uint32_t index = 0;
    const std::from_chars_result result = std::from_chars(text_.data() + inside, text_.data() + text_.size(), index);
    if (result.ec != std::errc() || result.ptr == text_.data() + text_.size() || *result.ptr != ']') {
      return std::nullopt;
    }
    at_ = static_cast<std::size_t>(result.ptr - text_.data()) + 1;
    return index;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Expected<FieldPath> parse_field_path(std::string_view text) { return Reader(text).read(); }

std::optional<FieldPath> read_field_path(TableReader& reader, std::string_view key) {
  const std::optional<std::string> text = reader.string(key);
  if (!text) {
    return std::nullopt;
  }
  Expected<FieldPath> path = parse_field_path(*text);
  if (!path) {
    reader.error(key, path.error().message);
    return std::nullopt;
  }
  return *std::move(path);
}

}  // namespace leeway
