// Document formats: a file is read as a whole and its records are parts of it. Each loader makes one format. Used by
// collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"
#include "collectors/files/document_loader.h"

namespace leeway {

//   records = "metrics.*.value.*": where the records are (record_path.h)
//   key     = the name of the field that holds the member's name or the index, one for each '*'
//   parents = names for the values that enclose a record, the document first
// and the keys of size_keys.h.
std::unique_ptr<FileFormat> read_document_format(FormatContext& context,
                                                 std::unique_ptr<DocumentLoader> (*make_loader)());

template <typename Loader>
std::unique_ptr<FileFormat> read_document_format(FormatContext& context) {
  return read_document_format(context, []() -> std::unique_ptr<DocumentLoader> { return std::make_unique<Loader>(); });
}

}  // namespace leeway
