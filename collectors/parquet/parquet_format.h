// The format `parquet`. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

//   max_memory = "128MiB": the most that decoding may use at a time
//   max_ratio  = 1000: the most that the decompressed content may be, as a multiple of the file's size
// and the keys of size_keys.h. Loads the module.
std::unique_ptr<FileFormat> read_parquet_format(FormatContext& context);

}  // namespace leeway
