// Writes the values of YAML files so that every reader (YAML 1.1 and 1.2: Prometheus, Alertmanager, Kubernetes, Python)
// reads back the same text, whatever it holds, and users can read them. Used by all writers in this room. Pure
// functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leeway {

// `text` as a scalar of one line, for the value of a key or the item of a block sequence: plain if every reader takes
// it for text, else in quotes. Control and invisible characters are escaped, bytes that are not UTF-8 become U+FFFD.
// Not for use between the brackets of a flow collection: yaml_list() writes those.
std::string yaml_quote(std::string_view text);

// `[a, "b, c"]`.
std::string yaml_list(const std::vector<std::string>& items);

// `text` for the value of a key: several lines as a literal block `|-` whose lines start at column `indent`, which must
// be two more than the key's; text that a block cannot hold or would hide (trailing blanks, tabs, control characters)
// and a single line as by yaml_quote(). Without a newline at the end.
std::string yaml_block(std::string_view text, int indent);

// `text` as lines of comment at column `indent`, long ones broken between words, each with its newline. Characters that
// could end a comment become U+FFFD.
std::string yaml_comment(std::string_view text, int indent);

}  // namespace leeway
