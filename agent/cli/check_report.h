// What `check` has found, for people and for editors.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/config/diagnostics.h"
#include "agent/sampling/finding.h"

namespace leeway {

// Errors and warnings of reading the configuration.
std::vector<Finding> findings_of(const Diagnostics& diagnostics);
std::size_t count_of(const std::vector<Finding>& findings, Weight weight);
// "fine", or "valid, with 2 warnings".
std::string verdict_on(const std::vector<Finding>& findings);

// Broken between words into lines of at most `width` characters, of which further ones are indented; as it is where
// `width` is 0, or too small.
std::string wrapped(const std::string& text, std::size_t width);

// The line, and below it a mark at what could not be read, each indented and at most as wide as a line of text: two
// lines, or only the first.
std::string example_text(const LineExample& line);

// On standard error, as print_findings() does.
void print_errors(const Diagnostics& diagnostics);
// The file and the verdict, on standard output.
void print_verdict(const std::string& file, const std::vector<Finding>& findings);
// "file:line:column: warning: message", one line each, under a title, and the lines that they are about. On standard
// output, with colours and in lines as wide as it is if that is a terminal; nothing if there are none.
void print_findings(const std::vector<Finding>& findings);
// An array of objects with file, line, column (0 where unknown), severity and message; with `lines`, each with its text
// and the first byte that could not be read (or null), where it is about lines. On standard output.
void print_json(const std::vector<Finding>& findings);

}  // namespace leeway
