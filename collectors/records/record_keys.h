// The keys of a log source that say what a record is before its format reads it:
//
//   container = "cri"          # or "docker", "compose": what a runtime wrote around each line
//   multiline = "traces"       # or { start = '...' }, { continue = '...' }, with max_lines, max_size and wait
//   ignore    = ['^#']         # records that are counted apart
//   redact    = ["email"]      # parts that are hidden
//
// Used by the builders of log and stream sources.
#pragma once

#include <memory>

#include "agent/config/table_reader.h"
#include "collectors/decode/format.h"
#include "collectors/records/record_decoder.h"

namespace leeway {

// Errors are in the reader; the result must not be used then.
RecordRules read_record_keys(TableReader& reader);

// The decoder of `format`, behind a RecordDecoder. `rules` and `schema` must outlive it.
std::unique_ptr<Decoder> make_decoder(const LineFormat& format, const RecordRules& rules, const Schema& schema);

// The key `max_line`, in bytes; `otherwise` where it is absent.
std::size_t read_max_line(TableReader& reader, std::size_t otherwise);

}  // namespace leeway
