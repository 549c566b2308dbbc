// The configuration as a JSON schema (draft 7), for editors of TOML: Taplo, Even Better TOML. Printed by `leeway
// schema`.
#pragma once

#include <string>

namespace leeway {

// One JSON document, indented, with a line end. Where a text may hold a variable of the environment, `${NAME}`, it is
// not compared with words or forms.
std::string json_schema();

}  // namespace leeway
