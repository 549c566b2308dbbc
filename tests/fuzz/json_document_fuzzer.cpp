// Whole JSON documents: an accepted document can be traversed to its end, and no part of it is accepted as a document.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collectors/files/record_path.h"

namespace {

constexpr std::uint64_t kMaxRecords = 1000;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  leeway::JsonDocument document;
  if (document.parse(text) != leeway::JsonDocument::Result::kOk) {
    return 0;
  }
  leeway::RecordBatch batch;
  for (const char* path : {"*", "*.*", "a.*.b[1]", "*.a"}) {
    const leeway::Expected<leeway::RecordPath> records = leeway::RecordPath::parse(path);
    leeway::RecordFinder finder;
    if (!finder.find(document, *records, kMaxRecords)) {
      continue;
    }
    batch.reset(1);
    for (const leeway::RecordFinder::Record& record : finder.records()) {
      if (document.after(record.value) <= record.value || document.text(record.value).empty()) {
        std::abort();
      }
      if (document.kind(record.value) == '"') {
        static_cast<void>(leeway::unquoted(document, record.value, batch));
      }
    }
  }
  if (document.is_container(0)) {
    const std::string_view part = std::string_view(text).substr(0, text.find_last_not_of(" \t\r\n"));
    leeway::JsonDocument cut;
    if (cut.parse(part) == leeway::JsonDocument::Result::kOk) {
      std::abort();
    }
  }
  return 0;
}
