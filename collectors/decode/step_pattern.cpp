#include "collectors/decode/step_pattern.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

using Step = StepPattern::Step;
using Kind = StepPattern::Step::Kind;

// How often each byte of a text may be looked at.
constexpr std::size_t kLooks = 16;

bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

}  // namespace

// One text.
class StepMatcher {
 public:
  using Result = StepPattern::Result;

  StepMatcher(const StepPattern& pattern, std::string_view text)
      : steps_(pattern.steps_.data()),
        count_(pattern.steps_.size()),
        classes_(pattern.classes_.data()),
        first_(pattern.from_begin_ ? 1 : 0),
        text_(text.data()),
        end_(text.data() + text.size()),
        budget_(static_cast<std::ptrdiff_t>(kLooks * (text.size() + kLooks))) {
    if (pattern.keeps_groups_) {
      begins_.fill(nullptr);
      ends_.fill(nullptr);
    }
  }

  Result match_at(const char* begin) {
    at_ = begin;
    next_ = first_;
    open_choices_ = 0;
    while (true) {
      while (next_ < count_ && take(steps_[next_])) {
      }
      if (budget_ < 0) {
        return Result::kUnknown;
      }
      if (next_ == count_) {
        return Result::kMatch;
      }
      if (!go_back()) {
        return budget_ < 0 ? Result::kUnknown : Result::kNoMatch;
      }
    }
  }

  const char* end_of_match() const { return at_; }
  std::string_view group(std::size_t number) const {
    return {begins_[number], static_cast<std::size_t>(ends_[number] - begins_[number])};
  }

 private:
  struct Choice {
    std::size_t step;
    const char* least;  // kOpen, kClose: of the group before
    const char* at;
  };

  const char*& edge(const Step& step) { return (step.kind == Kind::kOpen ? begins_ : ends_)[step.number]; }

  // Of the next step.
  void push(const char* least, const char* at) {
    if (open_choices_ == choices_.size()) {
      budget_ = -1;
      return;
    }
    choices_[open_choices_++] = {next_, least, at};
  }

  bool is_at(Kind place) const {
    if (place == Kind::kBegin || place == Kind::kEnd) {
      return at_ == (place == Kind::kBegin ? text_ : end_);
    }
    const bool is_edge = (at_ != text_ && is_word(at_[-1])) != (at_ != end_ && is_word(*at_));
    return is_edge == (place == Kind::kWordEdge);
  }

  // False where it does not match.
  bool take(const Step& step) {
    switch (step.kind) {
      case Kind::kByte:
        if (at_ == end_ || *at_ != step.byte) {
          return false;
        }
        ++at_;
        break;
      case Kind::kClass:
        if (!take_class(step)) {
          return false;
        }
        break;
      case Kind::kOpen:
      case Kind::kClose:
        if (step.goes_back) {
          push(edge(step), end_);
        }
        edge(step) = at_;
        break;
      case Kind::kBranch:
        push(at_, at_);
        break;
      case Kind::kJump:
        --budget_;
        next_ = step.number;
        return true;
      case Kind::kBegin:
      case Kind::kEnd:
      case Kind::kWordEdge:
      case Kind::kNoWordEdge:
        if (!is_at(step.kind)) {
          return false;
        }
        break;
    }
    ++next_;
    return true;
  }

  bool take_class(const Step& step) {
    const ByteClass& set = classes_[step.number];
    const char* const from = at_;
    if (step.lazy) {
      if (!step.optional && !take_one(set)) {
        return false;
      }
      push(at_, at_);
      return true;
    }
    if (!(step.repeats ? take_all(set) : take_one(set))) {
      return step.optional;
    }
    budget_ -= at_ - from;
    if (step.goes_back) {
      push(step.optional ? from : from + character_size(from), at_);
    }
    return true;
  }

  // All characters of a class that are next; false if there is none.
  bool take_all(const ByteClass& set) {
    const char* const from = at_;
    while (true) {
      const char* at = at_;
      while (at != end_ && set[static_cast<unsigned char>(*at)] == ByteKind::kInside) {
        ++at;
      }
      at_ = at;
      if (at == end_ || set[static_cast<unsigned char>(*at)] == ByteKind::kOutside ||
          !take_wide(set[static_cast<unsigned char>(*at)])) {
        return at != from;
      }
    }
  }

  // Of one that was taken.
  std::ptrdiff_t character_size(const char* from) const {
    const char* after = from + 1;
    while (after != at_ && is_inside_character(*after)) {
      ++after;
    }
    return after - from;
  }

  // One character of a class.
  bool take_one(const ByteClass& set) {
    if (at_ == end_) {
      return false;
    }
    const ByteKind byte = set[static_cast<unsigned char>(*at_)];
    if (byte < ByteKind::kWide) [[likely]] {
      at_ += byte == ByteKind::kInside ? 1 : 0;
      return byte == ByteKind::kInside;
    }
    return take_wide(byte);
  }

  // As RE2, which accepts some sequences that are not UTF-8.
  bool take_wide(ByteKind kind) {
    if (kind == ByteKind::kUnsure) {
      budget_ = -1;
      return false;
    }
    const auto first = static_cast<unsigned char>(*at_);
    const std::ptrdiff_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (first < 0xC2 || first > 0xF4 || end_ - at_ < size || !std::all_of(at_ + 1, at_ + size, is_inside_character)) {
      return false;
    }
    at_ += size;
    return true;
  }

  // To the last choice that is left; false if there is none, or nothing is known.
  bool go_back() {
    for (; open_choices_ > 0 && budget_ >= 0; --open_choices_) {
      Choice& choice = choices_[open_choices_ - 1];
      const Step& step = steps_[choice.step];
      --budget_;
      if (step.kind == Kind::kOpen || step.kind == Kind::kClose) {
        edge(step) = choice.least;
        continue;
      }
      if (step.kind == Kind::kBranch) {
        --open_choices_;
        at_ = choice.at;
        next_ = step.number;
        return true;
      }
      if (step.lazy ? take_more(step, choice) : take_less(step, choice)) {
        at_ = choice.at;
        next_ = choice.step + 1;
        return true;
      }
    }
    return false;
  }

  bool take_more(const Step& step, Choice& choice) {
    at_ = choice.at;
    while (take_one(classes_[step.number])) {
      --budget_;
      if (!step.has_next || (at_ != end_ && *at_ == step.byte)) {
        choice.at = at_;
        return true;
      }
    }
    return false;
  }

  bool take_less(const Step& step, Choice& choice) {
    while (choice.at > choice.least) {
      do {
        --choice.at;
        --budget_;
      } while (is_inside_character(*choice.at));
      if (!step.has_next || *choice.at == step.byte) {
        return true;
      }
    }
    return false;
  }

  const Step* const steps_;
  const std::size_t count_;
  const ByteClass* const classes_;
  const std::size_t first_;  // not `^`, where every match begins
  const char* const text_;
  const char* const end_;
  const char* at_ = nullptr;
  std::size_t next_ = 0;
  std::ptrdiff_t budget_;  // below 0: nothing is known
  std::size_t open_choices_ = 0;
  std::array<Choice, StepPattern::kMostChoices> choices_;
  std::array<const char*, StepPattern::kMostGroups + 1> begins_;  // the last is that of all groups without a number
  std::array<const char*, StepPattern::kMostGroups + 1> ends_;
};

StepPattern::Result StepPattern::match(std::string_view text, std::span<std::string_view> found) const {
  StepMatcher matcher(*this, text);
  const char* const end = text.data() + text.size();
  const bool begins_with_byte = !steps_.empty() && steps_.front().kind == Step::Kind::kByte;
  Result result = Result::kNoMatch;
  const char* begin = text.data();
  while (true) {
    if (begins_with_byte && !from_begin_) {
      const void* const place = std::memchr(begin, steps_.front().byte, static_cast<std::size_t>(end - begin));
      if (place == nullptr) {
        return Result::kNoMatch;
      }
      begin = static_cast<const char*>(place);
    }
    result = matcher.match_at(begin);
    if (result != Result::kNoMatch || from_begin_ || begin == end) {
      break;
    }
    ++begin;
  }
  if (result == Result::kMatch && !found.empty()) {
    found[0] = {begin, static_cast<std::size_t>(matcher.end_of_match() - begin)};
    for (std::size_t group = 1; group < found.size(); ++group) {
      found[group] = matcher.group(group);
    }
  }
  return result;
}

}  // namespace leeway
