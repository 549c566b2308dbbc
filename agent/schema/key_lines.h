// What the keys of the configuration mean, in a line each, which editors show. Used by json_schema. A test fails where
// a key has no line, and where a line has no key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leeway {

// Of a key by the path of its table and its name, "source.multiline.wait": of the longest end of the path that has a
// line, as keys that several sections share have the same meaning. "" where there is none.
std::string_view key_line(std::string_view path);
// Of "metric": what [[metric]] is.
std::string_view section_line(std::string_view section);

// That end of the path; "" where there is none.
std::string_view lined_end(std::string_view path);
// All ends of paths that have a line.
std::vector<std::string_view> lined_keys();

}  // namespace leeway
