// What was meant where TOML cannot be read. Used by toml_reader for its messages. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leeway {

// "; expected quotes: type = \"counter\"", for an error in that line (from 1 on) of the text; "" where nothing more is
// known than the error says.
std::string toml_advice(std::string_view text, std::uint32_t line, std::string_view error);

}  // namespace leeway
