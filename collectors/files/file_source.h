// The `file` type of [[source]]: its keys, and the collector built from them. Used by collectors/builtin.
#pragma once

#include <memory>

#include "agent/core/source_definition.h"
#include "collectors/decode/collector_context.h"

namespace leeway {

//   path      = "/data/report.json" or a list of patterns (glob.h)
//   exclude   = patterns of files to leave out
//   path_fields = "/runs/(?P<run>[^/]+)/": named groups in a file's path are fields of its records
//   version   = "file", "directory" or "all": the files that form a version together
//   replaces  = "same" or "any": whether a version replaces only that of the same file or directory
//   marker    = "_SUCCESS": files are read only while their directory contains a file of this name
//   settle    = "1s": how long a file must be unchanged before it is read
//   interval  = "0s": a file is read at most this often
//   max_files = 10000: files that are remembered
//   format    = the name of a format; may be absent where the names of the files suggest one
// and the keys of that format and of time_keys.h. Null after an error.
std::unique_ptr<SourceDefinition> build_file_source(CollectorContext& context);

}  // namespace leeway
