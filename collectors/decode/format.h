// The formats of a source's bytes. A format is a row of collectors/formats.cpp: its name, the extensions that suggest
// it, the kinds of sources that can use it, and the function that reads its own keys. The function returns the format
// of one source, which makes the decoder or reader. Used by the builders of sources, which get the rows with their
// context.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/file_reader.h"
#include "collectors/decode/time_keys.h"

namespace leeway {

// The format of one source, with its keys read.
class Format {
 public:
  virtual ~Format() = default;
  // For `check`: what follows the format's name: " after a text prefix".
  virtual std::string summary() const { return {}; }
};

// One record per line. A file source can use it too: it cuts the lines itself.
class LineFormat : public Format {
 public:
  // `schema` must outlive the decoder and no longer change.
  virtual std::unique_ptr<Decoder> make_decoder(const Schema& schema) const = 0;
  // Whether a file without a line may be what its writer means: a list of errors without any. Otherwise it is broken.
  virtual bool may_be_empty() const { return false; }
};

// When a version of a file is read.
struct FilePace {
  Duration settle = std::chrono::seconds(1);  // how long it must be unchanged
  Duration interval{};                        // at most this often
};

// Records of a file that are not lines.
class FileFormat : public Format {
 public:
  // The default, which the source can override.
  virtual FilePace pace() const { return {}; }
  // Whether its readers have columns().
  virtual bool names_columns() const { return false; }
  // `schema` must outlive the reader and no longer change; `files` must outlive it.
  virtual std::unique_ptr<FileReader> make_reader(const Schema& schema, FileSystem& files) const = 0;
};

struct FormatContext {
  TableReader& reader;
  TimeKeys& time;  // of the source; a format that knows where its lines have their time sets it, if the user has not
  bool shares_time = false;  // with other formats of a list: such a format sets it in any case
};

enum class FormatUse : std::uint8_t { kLogs = 1, kFiles = 2, kBoth = 3 };

struct FormatKind {
  std::string_view name;                       // `format` of [[source]]: "csv"
  std::array<std::string_view, 3> extensions;  // of file names that imply the format: "csv"
  FormatUse use;
  // One of the two is set. Reads the format's keys; null or unusable after an error, which is in the context's reader.
  std::unique_ptr<LineFormat> (*read_lines)(FormatContext& context) = nullptr;
  std::unique_ptr<FileFormat> (*read_file)(FormatContext& context) = nullptr;
  // For `leeway formats`.
  std::string_view fields = {};   // what they are; empty for a template, whose pattern says it
  std::string_view sample = {};   // a line; empty where what a line is depends on the source's keys
  std::string_view pattern = {};  // of a template: to copy and change
};

}  // namespace leeway
