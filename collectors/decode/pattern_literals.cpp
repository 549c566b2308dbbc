#include "collectors/decode/pattern_literals.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "agent/core/ascii.h"

namespace leeway {
namespace {

constexpr std::size_t kShortestLiteral = 2;  // one character is in most lines
constexpr std::size_t kLongestLiteral = 32;  // find_literal() reads this far past the text

// Reads a pattern from left to right. What is inside parentheses is passed over.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view pattern) : rest_(pattern) {}

  std::vector<std::string> read() {
    while (!rest_.empty()) {
      if (!read_one()) {
        return {};
      }
    }
    end_run();
    return std::move(literals_);
  }

 private:
  // False where nothing is certain.
  bool read_one() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
      case '\\':
        return read_escape();
      case '[':
        end_run();
        pass_class();
        return true;
      case '(':
        end_run();
        ++depth_;
        return !rest_.starts_with('?') || rest_.starts_with("?P<") || rest_.starts_with("?:");
      case ')':
        --depth_;
        return true;
      case '|':
        return depth_ > 0;
      case '*':
      case '?':
      case '+':
        end_repeated();
        return true;
      case '{':
        end_repeated();
        pass_count();
        return true;
      default:
        add(c);
        return true;
    }
  }

  bool read_escape() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (static_cast<unsigned char>(c) < 0x80 && !is_letter(c) && !is_digit(c)) {
      add_plain(c);
      return true;
    }
    end_run();
    return std::string_view("dDwWsSbBAzntrfva").find(c) != std::string_view::npos;
  }

  // After the opening bracket.
  void pass_class() {
    rest_.remove_prefix(rest_.starts_with('^') ? 1 : 0);
    for (bool first = true; !rest_.empty() && (first || rest_.front() != ']'); first = false) {
      const std::size_t name_end = rest_.starts_with("[:") ? rest_.find(":]") : std::string_view::npos;
      const std::size_t size = name_end != std::string_view::npos ? name_end + 2 : rest_.front() == '\\' ? 2 : 1;
      rest_.remove_prefix(std::min(size, rest_.size()));
    }
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
  }

  // "2,3}", if that is what follows.
  void pass_count() {
    std::size_t size = 0;
    while (size < rest_.size() && (is_digit(rest_[size]) || rest_[size] == ',')) {
      ++size;
    }
    rest_.remove_prefix(rest_.substr(size).starts_with('}') ? size + 1 : 0);
  }

  void add(char c) {
    if (c == '.' || c == '^' || c == '$' || static_cast<unsigned char>(c) >= 0x80) {
      end_run();
    } else {
      add_plain(c);
    }
  }

  void add_plain(char c) {
    if (depth_ == 0) {
      run_ += c;
    }
  }

  // What was before may be missing.
  void end_repeated() {
    if (!run_.empty()) {
      run_.pop_back();
    }
    end_run();
  }

  void end_run() {
    if (run_.size() >= kShortestLiteral) {
      literals_.push_back(run_.substr(0, kLongestLiteral));
    }
    run_.clear();
  }

  std::string_view rest_;
  std::size_t depth_ = 0;
  std::string run_;
  std::vector<std::string> literals_;
};

// The first place of `literal` in [at, end), by its first and last byte; null if there is none.
const char* find_literal(const char* at, const char* end, std::string_view literal) {
  const auto room = static_cast<std::size_t>(end - at);
  if (room < literal.size()) {
    return nullptr;
  }
#ifdef __SSE2__
  const char* const last_place = end - literal.size();
  const __m128i first = _mm_set1_epi8(literal.front());
  const __m128i last = _mm_set1_epi8(literal.back());
  const auto load = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
  for (; at <= last_place; at += sizeof(__m128i)) {
    const __m128i same =
        _mm_and_si128(_mm_cmpeq_epi8(load(at), first), _mm_cmpeq_epi8(load(at + literal.size() - 1), last));
    for (auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(same)); mask != 0; mask &= mask - 1) {
      const char* const place = at + std::countr_zero(mask);
      if (place <= last_place && std::memcmp(place, literal.data(), literal.size()) == 0) {
        return place;
      }
    }
  }
  return nullptr;
#else
  const std::size_t found = std::string_view(at, room).find(literal);
  return found == std::string_view::npos ? nullptr : at + found;
#endif
}

}  // namespace

PatternLiterals::PatternLiterals(std::string_view pattern) : literals_(LiteralReader(pattern).read()) {}

bool PatternLiterals::are_in(std::string_view line) const {
  const char* at = line.data();
  const char* const end = at + line.size();
  for (const std::string& literal : literals_) {
    at = find_literal(at, end, literal);
    if (at == nullptr) {
      return false;
    }
    at += literal.size();
  }
  return true;
}

}  // namespace leeway
