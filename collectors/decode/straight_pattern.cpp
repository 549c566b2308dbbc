#include "collectors/decode/straight_pattern.h"

#include <algorithm>
#include <utility>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

constexpr std::size_t kAscii = 0x80;

bool is_punctuation(char c) {
  return static_cast<unsigned char>(c) < kAscii && !is_letter(c) && !is_digit(c) && c != '_';
}

}  // namespace

class StraightCompiler {
 public:
  explicit StraightCompiler(std::string_view pattern) : rest_(pattern) {}

  std::optional<StraightPattern> compile() {
    if (!take('^')) {
      return std::nullopt;
    }
    while (!rest_.empty()) {
      if (!(rest_ == "$" ? take_end() : take_item())) {
        return std::nullopt;
      }
    }
    return is_straight() ? std::optional(std::move(pattern_)) : std::nullopt;
  }

 private:
  using Byte = StraightPattern::Byte;
  using ByteClass = StraightPattern::ByteClass;
  using Step = StraightPattern::Step;

  bool take(char c) {
    const bool is_next = rest_.starts_with(c);
    rest_.remove_prefix(is_next ? 1 : 0);
    return is_next;
  }

  bool take_end() {
    pattern_.to_end_ = take('$');
    return pattern_.to_end_;
  }

  bool take_item() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '(') {
      return open_group();
    }
    if (c == ')') {
      pattern_.steps_.push_back({Step::Kind::kClose, false, false, '\0', open_.back()});
      open_.pop_back();
      return !is_quantifier_next();
    }
    ByteClass set{};
    Step step;
    if (c == '[' ? !read_class(set) : c == '\\' ? !read_escape(set) : c == '.' ? !read_dot(set) : !read_byte(c, set)) {
      return false;
    }
    step.kind = Step::Kind::kClass;
    step.optional = rest_.starts_with('*') || rest_.starts_with('?');
    step.repeats = rest_.starts_with('*') || rest_.starts_with('+');
    rest_.remove_prefix(step.optional || step.repeats ? 1 : 0);
    if (is_quantifier_next()) {
      return false;
    }
    add(step, set);
    return true;
  }

  bool is_quantifier_next() const { return !rest_.empty() && std::string_view("*+?{").find(rest_.front()) < 4; }

  bool open_group() {
    std::size_t number = kNoGroup;
    if (rest_.starts_with("?P<")) {
      rest_.remove_prefix(rest_.find('>') + 1);
      number = ++groups_;
    } else if (rest_.starts_with("?:")) {
      rest_.remove_prefix(2);
    } else if (!rest_.starts_with('?')) {
      number = ++groups_;
    } else {
      return false;
    }
    open_.push_back(number);
    pattern_.steps_.push_back({Step::Kind::kOpen, false, false, '\0', number});
    return groups_ < StraightPattern::kMostGroups;
  }

  void add(Step step, const ByteClass& set) {
    const auto inside = std::count(set.begin(), set.end(), Byte::kInside);
    const bool is_byte = inside == 1 && set.back() != Byte::kUnknown && !step.optional && !step.repeats;
    if (is_byte) {
      step.kind = Step::Kind::kByte;
      step.byte = static_cast<char>(std::find(set.begin(), set.end(), Byte::kInside) - set.begin());
    }
    step.number = pattern_.classes_.size();
    pattern_.classes_.push_back(set);
    pattern_.steps_.push_back(step);
  }

  // --- classes ---

  static void include(ByteClass& set, char low, char high) {
    for (auto byte = static_cast<unsigned char>(low); byte <= static_cast<unsigned char>(high); ++byte) {
      set.at(byte) = Byte::kInside;
    }
  }

  static void negate(ByteClass& set) {
    for (std::size_t byte = 0; byte < set.size(); ++byte) {
      set.at(byte) = byte >= kAscii ? Byte::kUnknown : set.at(byte) == Byte::kInside ? Byte::kOutside : Byte::kInside;
    }
  }

  static bool read_dot(ByteClass& set) {
    include(set, '\n', '\n');
    negate(set);
    return true;
  }

  static bool read_byte(char c, ByteClass& set) {
    include(set, c, c);
    return static_cast<unsigned char>(c) < kAscii && std::string_view("|^$*+?{").find(c) == std::string_view::npos;
  }

  // What `\d` and the like are; false for another letter.
  static bool include_named(ByteClass& set, char name) {
    switch (name) {
      case 'd':
        include(set, '0', '9');
        return true;
      case 'w':
        include(set, '0', '9');
        include(set, 'a', 'z');
        include(set, 'A', 'Z');
        include(set, '_', '_');
        return true;
      case 's':
        for (const char c : {'\t', '\n', '\f', '\r', ' '}) {
          include(set, c, c);
        }
        return true;
      case 't':
        include(set, '\t', '\t');
        return true;
      default:
        return false;
    }
  }

  // After the backslash.
  bool read_escape(ByteClass& set) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (is_punctuation(c)) {
      include(set, c, c);
      return true;
    }
    const bool negated = c == 'D' || c == 'W' || c == 'S';
    if (!include_named(set, negated ? to_lower(c) : c)) {
      return false;
    }
    if (negated) {
      negate(set);
    }
    return true;
  }

  // After the opening bracket.
  bool read_class(ByteClass& set) {
    const bool negated = take('^');
    for (bool first = true; !rest_.starts_with(']') || first; first = false) {
      if (!read_member(set)) {
        return false;
      }
    }
    rest_.remove_prefix(1);
    if (negated) {
      negate(set);
    }
    return true;
  }

  bool read_member(ByteClass& set) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (static_cast<unsigned char>(c) >= kAscii || c == '[' || c == ']') {
      return false;
    }
    if (c == '\\') {
      const char escaped = rest_.front();
      rest_.remove_prefix(1);
      if (is_punctuation(escaped)) {
        include(set, escaped, escaped);
      } else if (!include_named(set, escaped)) {
        return false;
      }
      return !rest_.starts_with('-') || rest_.starts_with("-]");
    }
    if (!rest_.starts_with('-') || rest_.starts_with("-]")) {
      include(set, c, c);
      return true;
    }
    const char high = rest_.size() > 1 ? rest_[1] : '\0';
    rest_.remove_prefix(2);
    include(set, c, high);
    return high > c && high != '\\' && high != '[';
  }

  // --- whether what it matches is the same if it never goes back ---

  bool is_straight() const {
    for (std::size_t i = 0; i < pattern_.steps_.size(); ++i) {
      const Step& step = pattern_.steps_[i];
      if (is_matched(step) && (step.repeats || step.optional) && !ends_by_itself(i)) {
        return false;
      }
    }
    return true;
  }

  static bool is_matched(const Step& step) { return step.kind == Step::Kind::kByte || step.kind == Step::Kind::kClass; }

  bool ends_by_itself(std::size_t index) const {
    const ByteClass& set = pattern_.classes_[pattern_.steps_[index].number];
    for (std::size_t next = index + 1; next < pattern_.steps_.size(); ++next) {
      const Step& step = pattern_.steps_[next];
      if (!is_matched(step)) {
        continue;
      }
      const ByteClass& other = pattern_.classes_[step.number];
      for (std::size_t byte = 0; byte < kAscii; ++byte) {
        if (set.at(byte) == Byte::kInside && other.at(byte) == Byte::kInside) {
          return false;
        }
      }
      if (!step.optional) {
        return true;
      }
    }
    return true;
  }

  static constexpr std::size_t kNoGroup = StraightPattern::kMostGroups;

  std::string_view rest_;
  StraightPattern pattern_;
  std::vector<std::size_t> open_;  // groups
  std::size_t groups_ = 0;
};

std::optional<StraightPattern> StraightPattern::compile(std::string_view pattern) {
  return StraightCompiler(pattern).compile();
}

StraightPattern::Result StraightPattern::match(std::string_view text, std::span<std::string_view> found) const {
  const char* at = text.data();
  const char* const end = at + text.size();
  std::array<const char*, kMostGroups + 1> begins;  // those without a number write behind the others
  std::array<const char*, kMostGroups + 1> ends;
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Step::Kind::kOpen:
        begins[step.number] = at;
        break;
      case Step::Kind::kClose:
        ends[step.number] = at;
        break;
      case Step::Kind::kByte:
        if (at == end || *at != step.byte) {
          return Result::kNoMatch;
        }
        ++at;
        break;
      case Step::Kind::kClass: {
        const ByteClass& set = classes_[step.number];
        const auto of = [&](const char* place) { return set[static_cast<unsigned char>(*place)]; };
        const char* const from = at;
        const char* const last = step.repeats || at == end ? end : at + 1;
        while (at != last && of(at) == Byte::kInside) {
          ++at;
        }
        if (at != last && of(at) == Byte::kUnknown) {
          return Result::kUnknown;
        }
        if (at == from && !step.optional) {
          return Result::kNoMatch;
        }
        break;
      }
    }
  }
  if (to_end_ && at != end) {
    return Result::kNoMatch;
  }
  if (!found.empty()) {
    found[0] = {text.data(), static_cast<std::size_t>(at - text.data())};
  }
  for (std::size_t group = 1; group < found.size(); ++group) {
    found[group] = {begins[group], static_cast<std::size_t>(ends[group] - begins[group])};
  }
  return Result::kMatch;
}

}  // namespace leeway
