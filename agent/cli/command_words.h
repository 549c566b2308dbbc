// Words of a command line that are no command or option of the program, with the nearest one that is; and `leeway
// help`. Used by main.cpp.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace leeway {

// Of `words`, the arguments of the program: "unknown command 'chekc'; did you mean 'check'?", or "" if the first one is
// a command, an option or missing.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words);
// Of the arguments of the program, if options stand before the command: "options follow the command: `leeway check -c
// x.toml`", or, where there is no command, "unknown option '--verison'; did you mean '--version'?"; otherwise "".
std::string options_before_command(const CLI::App& app, const std::vector<std::string>& words);
// After parsing, if the command needs a configuration and was given none: how to give it, otherwise "".
std::string missing_configuration(const CLI::App& app);
// After parsing, if `explain` was given two words: the order of its arguments, otherwise "".
std::string explain_order(const CLI::App& app);
// As unknown_command(), of the arguments that CLI11 could not place.
std::string unknown_arguments(const CLI::App& app);
// The help of the command that `words` lead to ("reference", "show"); nothing if there is none.
const CLI::App* find_command(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace leeway
