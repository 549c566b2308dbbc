// Finds where a JSON value ends in the bytes of a line, by words and registers instead of bytes. All functions read
// some bytes past `end`, fewer than kPadding. Used by json_shapes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"

namespace leeway {

// Whether a byte of a string needs attention: a quote, a backslash, a control character, or a byte of a character
// outside ASCII.
inline bool is_special_in_string(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80;
}

static_assert(std::endian::native == std::endian::little, "the first byte in memory is the lowest of a word");

inline constexpr std::uint64_t kOneInEachByte = 0x0101010101010101;
inline constexpr std::uint64_t kHighBitOfEachByte = 0x8080808080808080;

// The first special byte from `at` on, or a place at or after `end` where [at, end) holds none. For processors without
// the registers that find_special() uses, and for its test.
inline const char* find_special_by_words(const char* at, const char* end) {
  for (; at < end; at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    const std::uint64_t quote = word ^ (kOneInEachByte * '"');
    const std::uint64_t backslash = word ^ (kOneInEachByte * '\\');
    // High bits where a byte is zero, zero, below 0x20, or from 0x80 on. A borrow may mark a byte after a marked one.
    const std::uint64_t special =
        ((quote - kOneInEachByte) | (backslash - kOneInEachByte) | (word - kOneInEachByte * 0x20) | word) &
        kHighBitOfEachByte;
    if (special != 0) {
      for (const char* const word_end = at + sizeof(word); at != word_end; ++at) {
        if (is_special_in_string(*at)) {
          return at;
        }
      }
      at -= sizeof(word);
    }
  }
  return end;
}

// The same, in registers of 16 bytes; `at` may be 32 bytes past `end`.
inline const char* find_special(const char* at, const char* end) {
#ifdef __SSE2__
  do {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i others = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));  // signed: also those from 0x80 on
    const auto special =
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), others)));
    if (special != 0) [[likely]] {
      return at + static_cast<std::uint32_t>(std::countr_zero(special));
    }
    at += sizeof(bytes);
  } while (at < end);
  return end;
#else
  return find_special_by_words(at, end);
#endif
}

// Moves `at` from after a string's opening quote to its closing one and sets `escaped` where it passes an escape, whose
// meaning is not checked. False where the string does not end before `end`, or holds a control character or bytes that
// are not UTF-8.
inline bool find_string_end(const char*& at, const char* end, bool& escaped) {
  while (true) {
    at = find_special(at, end);
    if (at >= end) {
      return false;
    }
    if (*at == '"') [[likely]] {
      return true;
    }
    if (*at == '\\') {
      escaped = true;
      ++at;
      if (at == end || *at == '"' || *at == '\\') {
        at += at == end ? 0 : 1;
        continue;
      }
    } else if (static_cast<unsigned char>(*at) < 0x20) {
      return false;
    } else {
      const Utf8Sequence sequence = utf8_sequence({at, static_cast<std::size_t>(end - at)});
      if (!sequence.valid) {
        return false;
      }
      at += sequence.length;
    }
  }
}

// Whether the first 32 bytes of both are equal, except those whose bits are set in `ignored`.
inline bool same_bytes(const char* a, const char* b, std::uint32_t ignored) {
#ifdef __SSE2__
  const auto load = [](const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); };
  const auto low = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(load(a), load(b))));
  const auto high = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(load(a + 16), load(b + 16))));
  return (low | high << 16 | ignored) == ~std::uint32_t{0};
#else
  return std::memcmp(a, b, static_cast<std::size_t>(std::countr_zero(std::uint64_t{1} << 32 | ignored))) == 0;
#endif
}

// The end of the number that begins at `at`, or `at` where none does. Its grammar is not checked.
inline const char* find_number_end(const char* at, const char* end) {
  if (!is_digit(*at) && *at != '-') {
    return at;
  }
  const char* const begin = at;
  while (at < end) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    // High bits where a byte is above '9' or below '-' (between them are digits, '.' and '/'). A carry or borrow may
    // mark a byte after a marked one.
    const std::uint64_t outside =
        ((word + kOneInEachByte * (0x7F - '9')) | (word - kOneInEachByte * '-') | word) & kHighBitOfEachByte;
    if (outside == 0) {
      at += sizeof(word);
      continue;
    }
    at += std::countr_zero(outside) / 8;
    if ((*at | 0x20) != 'e' && *at != '+') [[likely]] {
      break;
    }
    ++at;
  }
  return at <= end ? at : begin;
}

}  // namespace leeway
