#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "agent/core/ascii.h"
#include "collectors/decode/byte_class.h"
#include "collectors/decode/step_pattern.h"

namespace leeway {
namespace {

using Step = StepPattern::Step;
using Kind = StepPattern::Step::Kind;

constexpr std::size_t kMostCopies = 32;  // x{n}
constexpr std::size_t kMostSteps = 1000;

struct Place {
  std::string_view text;
  Kind kind;
};
constexpr std::array kPlaces = {Place{"^", Kind::kBegin}, Place{"$", Kind::kEnd}, Place{"\\b", Kind::kWordEdge},
                                Place{"\\B", Kind::kNoWordEdge}};

bool is_text(const Step& step) { return step.kind == Kind::kByte || step.kind == Kind::kClass; }
bool is_group(const Step& step) { return step.kind == Kind::kOpen || step.kind == Kind::kClose; }
bool is_jump(const Step& step) { return step.kind == Kind::kBranch || step.kind == Kind::kJump; }

}  // namespace

// Reads a pattern; each function returns false where it is not of the kind.
class StepCompiler {
 public:
  explicit StepCompiler(std::string_view pattern) : rest_(pattern) {}

  std::optional<StepPattern> compile() {
    any_case_ = rest_.starts_with("(?i)");
    rest_.remove_prefix(any_case_ ? 4 : 0);
    if (!read_alternatives() || !rest_.empty()) {
      return std::nullopt;
    }
    pattern_.from_begin_ = !steps().empty() && steps().front().kind == Kind::kBegin;
    set_choices();
    return std::move(pattern_);
  }

 private:
  // Of a group: what follows its opening parenthesis, and the groups and steps before it.
  struct Copy {
    std::string_view text;
    std::size_t groups;
    std::size_t begin;
  };

  bool take(char c) {
    const bool is_next = rest_.starts_with(c);
    rest_.remove_prefix(is_next ? 1 : 0);
    return is_next;
  }

  bool is_quantifier_next() const { return !rest_.empty() && std::string_view("*+?{").find(rest_.front()) < 4; }

  // Up to what ends it: "|", ")" or the end.
  bool read_sequence() {
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      if (!(take('(') ? read_group() : read_atom())) {
        return false;
      }
    }
    return steps().size() <= kMostSteps;
  }

  // After the opening parenthesis.
  bool read_group() {
    const bool needed_text = std::exchange(needs_text_, false);
    const Copy group{rest_, groups_, steps().size()};
    if (!read_group_once()) {
      return false;
    }
    std::size_t least = 1;
    std::size_t most = 1;
    bool endless = false;
    if (take('{')) {
      if (!read_counts(least, most, endless)) {
        return false;
      }
    } else if (take('?')) {
      least = 0;
    } else if (rest_.starts_with('*') || rest_.starts_with('+')) {
      endless = true;
      least = rest_.front() == '+' ? 1 : 0;
      rest_.remove_prefix(1);
    }
    if (is_quantifier_next() || (endless && !needs_text_) ||
        !repeat_group(group, least, std::max(most, least), endless)) {
      return false;
    }
    needs_text_ = needed_text || (needs_text_ && least > 0);
    return true;
  }

  bool read_group_once() {
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
    return true;
  }

  // After one copy of it has been read: as many as are needed, those that may be left out, and the loop of the last.
  bool repeat_group(const Copy& group, std::size_t least, std::size_t most, bool endless) {
    const std::string_view after = rest_;
    const bool needs_text = needs_text_;
    std::size_t begin = group.begin;
    std::vector<std::size_t> branches;
    for (std::size_t copy = 1; true; ++copy) {
      if (copy > least) {
        insert_branch(begin);
        branches.push_back(begin);
      }
      if (copy >= most) {
        break;
      }
      begin = steps().size();
      rest_ = group.text;
      groups_ = group.groups;
      if (!read_group_once()) {
        return false;
      }
    }
    if (endless && least == 0) {
      add({Kind::kJump}, begin);
    } else if (endless) {
      add({Kind::kBranch}, steps().size() + 2);
      add({Kind::kJump}, begin);
    }
    for (const std::size_t branch : branches) {
      steps()[branch].number = static_cast<std::uint32_t>(steps().size());
    }
    if (most > least || endless) {
      keep_groups(group.begin);
    }
    rest_ = after;
    needs_text_ = needs_text;
    return true;
  }

  bool read_alternatives() {
    const std::size_t all = steps().size();
    std::vector<std::size_t> jumps;
    std::size_t begin = all;
    if (!read_sequence()) {
      return false;
    }
    bool needs_text = needs_text_;
    while (take('|')) {
      add({Kind::kJump}, 0);
      insert_branch(begin);
      jumps.push_back(steps().size() - 1);
      begin = steps().size();
      needs_text_ = false;
      if (!read_sequence()) {
        return false;
      }
      needs_text = needs_text && needs_text_;
    }
    needs_text_ = needs_text;
    for (const std::size_t jump : jumps) {
      steps()[jump].number = static_cast<std::uint32_t>(steps().size());
    }
    if (!jumps.empty()) {
      keep_groups(all);
    }
    return true;
  }

  // Before the steps from `begin` on, to what will follow them.
  void insert_branch(std::size_t begin) {
    for (std::size_t i = 0; i < steps().size(); ++i) {
      Step& step = steps()[i];
      step.number += is_jump(step) && (step.number > begin || (step.number == begin && i >= begin)) ? 1 : 0;
    }
    Step branch{Kind::kBranch};
    branch.number = static_cast<std::uint32_t>(steps().size() + 1);
    steps().insert(steps().begin() + static_cast<std::ptrdiff_t>(begin), branch);
  }

  // The groups from there on may take no part, or several times.
  void keep_groups(std::size_t begin) {
    for (std::size_t i = begin; i < steps().size(); ++i) {
      Step& step = steps()[i];
      step.goes_back = step.goes_back || (is_group(step) && step.number < StepPattern::kMostGroups);
      pattern_.keeps_groups_ = pattern_.keeps_groups_ || step.goes_back;
    }
  }

  bool read_atom() {
    for (const Place& place : kPlaces) {
      if (rest_.starts_with(place.text)) {
        rest_.remove_prefix(place.text.size());
        add({place.kind}, 0);
        return !is_quantifier_next();
      }
    }
    const bool is_wide = static_cast<unsigned char>(rest_.front()) >= 0x80;
    ByteClass set;
    if (!take_byte_class(rest_, any_case_, set) || (is_wide && (any_case_ || is_quantifier_next()))) {
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
    needs_text_ = needs_text_ || !step.optional;
    add_text(step);
    return !is_quantifier_next();
  }

  bool read_copies(Step step) {
    std::size_t least = 0;
    std::size_t most = 0;
    bool endless = false;
    if (!read_counts(least, most, endless) || is_quantifier_next()) {
      return false;
    }
    needs_text_ = needs_text_ || least > 0;
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

  // "2}", "2,}", "2,3}".
  bool read_counts(std::size_t& least, std::size_t& most, bool& endless) {
    if (!read_number(least)) {
      return false;
    }
    const bool has_most = take(',');
    endless = has_most && rest_.starts_with('}');
    most = least;
    return (!has_most || endless || read_number(most)) && take('}') && most > 0;
  }

  // RE2 takes braces around a number with a leading zero for plain text.
  bool read_number(std::size_t& number) {
    if (rest_.size() > 1 && rest_[0] == '0' && is_digit(rest_[1])) {
      return false;
    }
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return error == std::errc() && number <= kMostCopies;
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
    const bool is_byte = std::count(set.begin(), set.end(), ByteKind::kInside) == 1 && set.back() == ByteKind::kOutside;
    if (is_byte && !step.optional && !step.repeats) {
      step.kind = Kind::kByte;
      step.byte = static_cast<char>(std::find(set.begin(), set.end(), ByteKind::kInside) - set.begin());
    }
    add(step, pattern_.classes_.size() - 1);
  }

  void set_choices() {
    for (std::size_t i = 0; i < steps().size(); ++i) {
      Step& step = steps()[i];
      const bool varies = step.kind == Kind::kClass && (step.repeats || step.optional);
      step.goes_back = step.goes_back || (varies && !step.lazy && !ends_by_itself(i));
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
      if (step.kind == Kind::kEnd) {
        return true;
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
  bool any_case_ = false;
  bool needs_text_ = false;  // no match of what has been read of this group is empty
};

std::optional<StepPattern> StepPattern::compile(std::string_view pattern) { return StepCompiler(pattern).compile(); }

}  // namespace leeway
