// The format `sqlite`: the rows of a query are the records. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

//   query   = "SELECT ...": one statement that only reads; its columns are the fields
//   timeout = "1s": of the query
// and the keys of size_keys.h.
std::unique_ptr<FileFormat> read_sqlite_format(FormatContext& context);

}  // namespace leeway
