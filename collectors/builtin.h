// The kinds of sources: one row each. To add a kind, write its pair of files and add a row in builtin.cpp.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/core/collector.h"
#include "agent/core/file_system.h"
#include "agent/core/schema.h"

namespace leeway {

// A source of the configuration, read but not yet reading: monitors first say which fields they want.
class SourceDefinition {
 public:
  virtual ~SourceDefinition() = default;
  // Whether records carry a time of their own.
  virtual bool has_event_time() const = 0;
  // How expressions read times that do not say their zone.
  virtual TimeReader time_reader() const = 0;
  // For `check`: "json, tail of /var/log/x*.log: 2 files match".
  virtual std::string describe(FileSystem& files) const = 0;
  // `schema` is final now and outlives the collector, as does `files`.
  virtual std::unique_ptr<Collector> open(const Schema& schema, FileSystem& files) = 0;
};

struct CollectorContext {
  TableReader& reader;
  std::optional<std::string> path_override;  // --source.path
};

struct CollectorKind {
  std::string_view type;  // `type` of [[source]]: "log"
  std::unique_ptr<SourceDefinition> (*build)(CollectorContext& context);
  bool has_file_versions = false;  // its batches say which version of a file they are of
};

std::span<const CollectorKind> builtin_collectors();

}  // namespace leeway
