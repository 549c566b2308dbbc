// A source of the configuration, read but not yet reading: monitors first declare the fields they use. Built by
// collectors/builtin, opened by the pipeline.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/core/collector.h"
#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "agent/core/schema.h"

namespace leeway {

class SourceDefinition {
 public:
  virtual ~SourceDefinition() = default;
  // Whether records have their own time.
  virtual bool has_event_time() const = 0;
  // The field with that time, as expressions name it; "" if the format or the file has the time, or nothing.
  virtual std::string time_field() const { return {}; }
  // How expressions read times without a zone.
  virtual TimeReader time_reader() const = 0;
  // Whether its batches name the columns of their file.
  virtual bool names_columns() const { return false; }
  // Whether several files may match, each with versions of its own that do not replace those of another.
  virtual bool has_several_files() const { return false; }
  // The name of their zone in the IANA database.
  virtual std::string time_zone() const = 0;
  // Whether the field of a record comes from the path of its file.
  virtual bool is_of_path(const FieldPath& /*field*/) const { return false; }
  // What no second source can read: standard input, a FIFO, a socket. Empty for files.
  virtual std::string exclusive_input() const { return {}; }
  // Whether reading comes to an end, as a replay wants: not for a socket.
  virtual bool ends() const { return true; }
  // Whether what is there when it is new is not read.
  virtual bool starts_at_end() const { return false; }
  // For `check`: "json, tail of /var/log/x*.log: 2 files match".
  virtual std::string summary(FileSystem& files) const = 0;
  // The names of the columns of its table, as its newest file has them. Blocks while that is read. kNotFound if there
  // is no file yet.
  virtual Expected<std::vector<std::string>> columns(FileSystem& /*files*/) const {
    return Error{ErrorCode::kConfiguration, "sources of this type have no columns that are known beforehand"};
  }
  // Identifies the file that columns() reads; "" if there is none.
  virtual std::string newest_version(FileSystem& /*files*/) const { return {}; }
  // `schema` is final now and outlives the collector, as does `files`.
  virtual std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) = 0;
};

}  // namespace leeway
