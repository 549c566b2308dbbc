#include "collectors/decode/byte_class.h"

#include <algorithm>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

constexpr std::size_t kAscii = 0x80;

bool is_plain_escape(char c) {
  return static_cast<unsigned char>(c) < kAscii && !is_letter(c) && !is_digit(c) && c != '_';
}

void include(ByteClass& set, char low, char high) {
  std::fill(set.begin() + static_cast<unsigned char>(low), set.begin() + static_cast<unsigned char>(high) + 1,
            ByteKind::kInside);
}

// Of a class with some characters outside ASCII, RE2 takes those only that are valid.
void negate(ByteClass& set) {
  const bool is_unsure = std::find(set.begin(), set.end(), ByteKind::kUnsure) != set.end();
  std::transform(set.begin(), set.begin() + kAscii, set.begin(),
                 [](ByteKind kind) { return kind == ByteKind::kOutside ? ByteKind::kInside : ByteKind::kOutside; });
  std::fill(set.begin() + kAscii, set.end(), is_unsure ? ByteKind::kUnsure : ByteKind::kWide);
}

// Unicode's simple case folding: outside ASCII, U+017F is an s, and U+212A a k.
void include_other_case(ByteClass& set) {
  for (char c = 'a'; c <= 'z'; ++c) {
    ByteKind& lower = set.at(static_cast<unsigned char>(c));
    ByteKind& upper = set.at(static_cast<unsigned char>(c - 'a' + 'A'));
    lower = upper = std::max(lower, upper);
  }
  set.at(0xC5) = set.at('s') == ByteKind::kInside ? ByteKind::kUnsure : set.at(0xC5);
  set.at(0xE2) = set.at('k') == ByteKind::kInside ? ByteKind::kUnsure : set.at(0xE2);
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

class ClassReader {
 public:
  ClassReader(std::string_view& rest, bool any_case) : rest_(rest), any_case_(any_case) {}

  bool read(ByteClass& set) {
    const char c = take_any();
    bool negated = false;
    const bool known = c == '['    ? read_class(set, negated)
                       : c == '\\' ? read_escape(set, negated)
                       : c == '.'  ? read_dot(set, negated)
                                   : read_byte(c, set);
    if (any_case_) {
      include_other_case(set);
    }
    if (negated) {
      negate(set);
    }
    return known;
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

  static bool read_dot(ByteClass& set, bool& negated) {
    include(set, '\n', '\n');
    negated = true;
    return true;
  }

  static bool read_byte(char c, ByteClass& set) {
    if (std::string_view("|^$*+?{()").find(c) != std::string_view::npos) {
      return false;
    }
    include(set, c, c);
    return true;
  }

  // After the backslash.
  bool read_escape(ByteClass& set, bool& negated) {
    const char c = take_any();
    if (is_plain_escape(c)) {
      include(set, c, c);
      return true;
    }
    negated = c == 'D' || c == 'W' || c == 'S';
    return include_named(set, negated ? to_lower(c) : c);
  }

  // After the opening bracket.
  bool read_class(ByteClass& set, bool& negated) {
    negated = take('^');
    do {
      if (!read_member(set)) {
        return false;
      }
    } while (!take(']'));
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

  std::string_view& rest_;
  const bool any_case_;
};

}  // namespace

bool take_byte_class(std::string_view& pattern, bool any_case, ByteClass& set) {
  set = {};
  return ClassReader(pattern, any_case).read(set);
}

bool overlap(const ByteClass& a, const ByteClass& b) {
  for (std::size_t byte = 0; byte < a.size(); ++byte) {
    if (a.at(byte) != ByteKind::kOutside && b.at(byte) != ByteKind::kOutside) {
      return true;
    }
  }
  return false;
}

}  // namespace leeway
