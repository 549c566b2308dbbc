// What a file is that is no log, by its first bytes and by its name. Pure functions, used by init_inputs.
#pragma once

#include <string>
#include <string_view>

namespace leeway {

// By its first bytes: "a database of SQLite", "a picture", "binary". "" for what may be text.
std::string binary_kind(std::string_view beginning);

// By its name: "a configuration" of "app.conf", "the text of a program" of "run.sh". "" for what may be a log.
std::string kind_by_name(const std::string& name);

// Whether people would call it a log by its name: "app.log", "nohup.out", "catalina.2026-11-28.log", "syslog".
bool is_named_log(const std::string& name);

}  // namespace leeway
