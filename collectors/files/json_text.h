// Writing values as JSON text, as JsonDocument reads it. Used by loaders of other formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leeway {

// With its quotes. Invalid UTF-8 stays as it is: the document's reader repairs and counts it.
void append_json_string(std::string_view text, std::string& out);
// Never looks like an integer; NaN and infinite numbers are written as in Python.
void append_json_double(double number, std::string& out);
void append_json_integer(std::int64_t number, std::string& out);

}  // namespace leeway
