#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/core/ascii.h"
#include "collectors/decode/step_pattern.h"

namespace leeway {
namespace {

using Byte = StepPattern::Byte;
using ByteClass = StepPattern::ByteClass;
using Step = StepPattern::Step;
using Kind = StepPattern::Step::Kind;

constexpr std::size_t kAscii = 0x80;
constexpr std::size_t kMostCopies = 32;  // x{n}

bool is_plain_escape(char c) {
  return static_cast<unsigned char>(c) < kAscii && !is_letter(c) && !is_digit(c) && c != '_';
}

void include(ByteClass& set, char low, char high) {
  std::fill(set.begin() + static_cast<unsigned char>(low), set.begin() + static_cast<unsigned char>(high) + 1,
            Byte::kInside);
}

void negate(ByteClass& set) {
  for (std::size_t byte = 0; byte < set.size(); ++byte) {
    set.at(byte) = byte >= kAscii ? Byte::kWide : set.at(byte) == Byte::kInside ? Byte::kOutside : Byte::kInside;
  }
}

// What `\d` and the like are; false for another letter.
bool include_named(ByteClass& set, char name) {
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
    case 'n':
      include(set, '\n', '\n');
      return true;
    case 'r':
      include(set, '\r', '\r');
      return true;
    default:
      return false;
  }
}

bool overlap(const ByteClass& a, const ByteClass& b) {
  for (std::size_t byte = 0; byte < a.size(); ++byte) {
    if (a.at(byte) != Byte::kOutside && b.at(byte) != Byte::kOutside) {
      return true;
    }
  }
  return false;
}

bool is_text(const Step& step) { return step.kind == Kind::kByte || step.kind == Kind::kClass; }
bool is_group(const Step& step) { return step.kind == Kind::kOpen || step.kind == Kind::kClose; }

}  // namespace

// Reads a pattern; each function returns false where it is not of the kind.
class StepCompiler {
 public:
  explicit StepCompiler(std::string_view pattern) : rest_(pattern) {}

  std::optional<StepPattern> compile() {
    pattern_.from_begin_ = take('^');
    if (!read_sequence() || !(rest_.empty() || (pattern_.to_end_ = rest_ == "$"))) {
      return std::nullopt;
    }
    set_choices();
    return choices_ <= StepPattern::kMostChoices ? std::optional(std::move(pattern_)) : std::nullopt;
  }

 private:
  bool take(char c) {
    const bool is_next = rest_.starts_with(c);
    rest_.remove_prefix(is_next ? 1 : 0);
    return is_next;
  }

  char take_any() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool is_quantifier_next() const { return !rest_.empty() && std::string_view("*+?{").find(rest_.front()) < 4; }

  // Up to what ends it: "|", ")", "$" or the end.
  bool read_sequence() {
    while (!rest_.empty() && std::string_view("|)$").find(rest_.front()) == std::string_view::npos) {
      if (!(take('(') ? read_group() : read_atom())) {
        return false;
      }
    }
    return true;
  }

  // After the opening parenthesis.
  bool read_group() {
    std::size_t number = StepPattern::kMostGroups;  // of a group that is none of the result
    if (rest_.starts_with("?P<")) {
      rest_.remove_prefix(rest_.find('>') + 1);
      number = ++groups_;
    } else if (rest_.starts_with("?:")) {
      rest_.remove_prefix(2);
    } else if (!rest_.starts_with('?')) {
      number = ++groups_;
    }
    if (rest_.starts_with('?') || groups_ >= StepPattern::kMostGroups) {
      return false;
    }
    add({Kind::kOpen}, number);
    if (!read_alternatives() || !take(')')) {
      return false;
    }
    add({Kind::kClose}, number);
    return !is_quantifier_next();
  }

  // Groups inside one of several alternatives are not of the kind, since they take part in some matches only.
  bool read_alternatives() {
    const std::size_t groups = groups_;
    std::vector<std::size_t> jumps;
    std::size_t begin = steps().size();
    if (!read_sequence()) {
      return false;
    }
    while (take('|')) {
      add({Kind::kJump}, 0);
      insert_branch(begin);
      jumps.push_back(steps().size() - 1);
      begin = steps().size();
      if (!read_sequence()) {
        return false;
      }
    }
    for (const std::size_t jump : jumps) {
      steps()[jump].number = static_cast<std::uint32_t>(steps().size());
    }
    return jumps.empty() || groups == groups_;
  }

  // Before the steps from `begin` on, to what will follow them.
  void insert_branch(std::size_t begin) {
    for (Step& step : steps()) {
      step.number += (step.kind == Kind::kBranch || step.kind == Kind::kJump) && step.number > begin ? 1 : 0;
    }
    Step branch{Kind::kBranch};
    branch.number = static_cast<std::uint32_t>(steps().size() + 1);
    steps().insert(steps().begin() + static_cast<std::ptrdiff_t>(begin), branch);
  }

  bool read_atom() {
    ByteClass set{};
    const char c = take_any();
    if (c == '[' ? !read_class(set) : c == '\\' ? !read_escape(set) : c == '.' ? !read_dot(set) : !read_byte(c, set)) {
      return false;
    }
    pattern_.classes_.push_back(set);
    Step step{Kind::kClass};
    if (take('{')) {
      return read_copies(step);
    }
    step.optional = rest_.starts_with('*') || rest_.starts_with('?');
    step.repeats = rest_.starts_with('*') || rest_.starts_with('+');
    rest_.remove_prefix(step.optional || step.repeats ? 1 : 0);
    step.lazy = step.repeats && take('?');
    add_text(step);
    return !is_quantifier_next();
  }

  // "2}", "2,}", "2,3}".
  bool read_copies(Step step) {
    std::size_t least = 0;
    std::size_t most = 0;
    if (!read_number(least)) {
      return false;
    }
    const bool has_most = take(',');
    const bool endless = has_most && rest_.starts_with('}');
    most = least;
    if ((has_most && !endless && !read_number(most)) || !take('}') || is_quantifier_next()) {
      return false;
    }
    for (std::size_t i = 0; i < std::max(least, most); ++i) {
      step.optional = i >= least;
      add_text(step);
    }
    step.optional = true;
    step.repeats = true;
    if (endless) {
      add_text(step);
    }
    return true;
  }

  bool read_number(std::size_t& number) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return error == std::errc() && number <= kMostCopies;
  }

  static bool read_dot(ByteClass& set) {
    include(set, '\n', '\n');
    negate(set);
    return true;
  }

  static bool read_byte(char c, ByteClass& set) {
    if (static_cast<unsigned char>(c) >= kAscii || std::string_view("|^$*+?{()").find(c) != std::string_view::npos) {
      return false;
    }
    include(set, c, c);
    return true;
  }

  // After the backslash.
  bool read_escape(ByteClass& set) {
    const char c = take_any();
    if (is_plain_escape(c)) {
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
    do {
      if (!read_member(set)) {
        return false;
      }
    } while (!take(']'));
    if (negated) {
      negate(set);
    }
    return true;
  }

  bool read_member(ByteClass& set) {
    const char c = take_any();
    if (static_cast<unsigned char>(c) >= kAscii || c == '[' || c == ']') {
      return false;
    }
    const bool is_range = rest_.starts_with('-') && !rest_.starts_with("-]");
    if (c == '\\') {
      const char escaped = take_any();
      const bool begins_range = rest_.starts_with('-') && !rest_.starts_with("-]");
      if (is_plain_escape(escaped)) {
        include(set, escaped, escaped);
        return !begins_range;
      }
      return include_named(set, escaped) && !begins_range;
    }
    char high = c;
    if (is_range) {
      rest_.remove_prefix(1);
      high = take_any();
    }
    if (static_cast<unsigned char>(high) >= kAscii || high < c || (is_range && (high == '\\' || high == '['))) {
      return false;
    }
    include(set, c, high);
    return true;
  }

  // --- steps ---

  std::vector<Step>& steps() { return pattern_.steps_; }

  void add(Step step, std::size_t number) {
    step.number = static_cast<std::uint32_t>(number);
    steps().push_back(step);
  }

  // Of the last class.
  void add_text(Step step) {
    const ByteClass& set = pattern_.classes_.back();
    const bool is_byte = std::count(set.begin(), set.end(), Byte::kInside) == 1 && set.back() == Byte::kOutside;
    if (is_byte && !step.optional && !step.repeats) {
      step.kind = Kind::kByte;
      step.byte = static_cast<char>(std::find(set.begin(), set.end(), Byte::kInside) - set.begin());
    }
    add(step, pattern_.classes_.size() - 1);
  }

  void set_choices() {
    for (std::size_t i = 0; i < steps().size(); ++i) {
      Step& step = steps()[i];
      const bool varies = step.kind == Kind::kClass && (step.repeats || step.optional);
      step.goes_back = varies && !step.lazy && !ends_by_itself(i);
      choices_ += step.goes_back || step.lazy || step.kind == Kind::kBranch ? 1 : 0;
      std::size_t next = i + 1;
      while (next < steps().size() && is_group(steps()[next])) {
        ++next;
      }
      if (step.kind == Kind::kClass && next < steps().size() && steps()[next].kind == Kind::kByte) {
        step.has_next = true;
        step.byte = steps()[next].byte;
      }
    }
  }

  // Whether nothing that it takes can begin what follows, so that taking less never helps.
  bool ends_by_itself(std::size_t index) {
    const ByteClass& set = pattern_.classes_[steps()[index].number];
    for (std::size_t next = index + 1; next < steps().size(); ++next) {
      const Step& step = steps()[next];
      if (is_group(step)) {
        continue;
      }
      if (!is_text(step) || overlap(set, pattern_.classes_[step.number])) {
        return false;
      }
      if (!step.optional) {
        return true;
      }
    }
    return true;
  }

  std::string_view rest_;
  StepPattern pattern_;
  std::size_t groups_ = 0;
  std::size_t choices_ = 0;
};

std::optional<StepPattern> StepPattern::compile(std::string_view pattern) { return StepCompiler(pattern).compile(); }

}  // namespace leeway
