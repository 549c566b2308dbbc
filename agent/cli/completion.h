// Completion scripts for shells, written from the command line that the program itself reads: what it accepts and what
// is offered cannot differ. Used by `leeway completion`.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace leeway {

// `shell`: bash, zsh or fish. `app` is the whole command line, with its subcommands.
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace leeway
