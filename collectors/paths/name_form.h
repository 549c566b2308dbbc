// The names that a service gives to one generation of a log after the other: equal but for a date, a number or an
// identifier. Used by the log source, to find generations whose names follow no common scheme.
#pragma once

#include <string>
#include <string_view>

namespace leeway {

// `name`, without directories, with `#` for what changes: words of four or more hexadecimal digits, and decimal digits
// elsewhere. "app-20261128.log" and "app-20261129.log" have the form "app-#.log".
std::string name_form(std::string_view name);

// Whether `name` is another one of the generations of which `generation` is one, by its form: both change, and are not
// only names of the log `base` itself. A compressed name stands for the one that it was made from.
bool has_form_of(std::string_view name, std::string_view generation, std::string_view base);

}  // namespace leeway
