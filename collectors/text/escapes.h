// Quoted text in lines: where it ends, and what its escapes mean. Pure functions, used by the parsers of this room.
#pragma once

#include <string_view>

#include "agent/core/record_batch.h"

namespace leeway {

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The first blank from `from` on; npos if there is none.
inline std::size_t find_blank(std::string_view text, std::size_t from = 0) {
  while (from < text.size() && !is_blank(text[from])) {
    ++from;
  }
  return from < text.size() ? from : std::string_view::npos;
}

// The first quote in [at, end) that no backslash escapes; null if there is none.
const char* find_closing_quote(const char* at, const char* end);

// `text` with the escapes of JSON, \v and \xHH resolved; others stay as they are and are counted in `unknown`. Points
// into `text`, or to memory of the batch where there was something to resolve.
std::string_view unescape_text(std::string_view text, RecordBatch& batch, std::size_t& unknown);

// Removes blanks at both ends.
std::string_view trim_blanks(std::string_view text);

}  // namespace leeway
