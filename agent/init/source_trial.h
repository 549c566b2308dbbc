// What a source with given keys makes of a text: the real collector and decoder read it. Used by init, which tries many
// keys and writes those that read most.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "agent/core/record_batch.h"
#include "agent/core/schema.h"

namespace leeway {

// Keys of a [[source]] with their values in TOML, in order: {"format", "\"json\""}.
using SourceKeys = std::vector<std::pair<std::string, std::string>>;

struct SourceTrial {
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  std::uint64_t timed = 0;      // records with a time
  std::uint64_t backwards = 0;  // of these, earlier than the one before
  TimePoint first = kNoTime;
  TimePoint last = kNoTime;
  std::vector<std::string> rejects{};  // a few
};

struct TrialInput {
  std::string_view text{};
  TimePoint modified{};
  std::string type = "log";
  std::string path = "/sample";  // its extension may matter
  FileSystem* files = nullptr;   // where the path is, instead of a file of this text
  std::uint64_t most_records = 50'000;
};

using SeeBatch = std::function<void(const RecordBatch&)>;

// `prepare` gets the schema of the source before anything is read; without both it only counts. Errors: of the keys,
// and of reading.
Expected<SourceTrial> try_source(
    const SourceKeys& keys, const TrialInput& input, const std::function<void(Schema&)>& prepare = [](Schema&) {},
    const SeeBatch& see = [](const RecordBatch&) {});

// The names of the columns of a table.
Expected<std::vector<std::string>> columns_of(const SourceKeys& keys, const TrialInput& input);

// The lines of a [[source]]: "format = \"json\"\n".
std::string to_toml(const SourceKeys& keys);
// As an element of a list of formats: "\"json\"" or "{ format = \"json\", time = \"ts\" }".
std::string to_list_element(const SourceKeys& keys);
// A TOML string, without escapes where that is possible.
std::string toml_text(std::string_view text);

}  // namespace leeway
