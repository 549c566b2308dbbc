#include "collectors/parquet/parquet_footer.h"

#include <algorithm>

#include "collectors/parquet/thrift_cursor.h"

namespace leeway {
namespace {

using Type = ThriftCursor::Type;

// Field ids of parquet.thrift.
namespace file_field {
constexpr std::int64_t kSchema = 2;
constexpr std::int64_t kRowGroups = 4;
}  // namespace file_field
namespace schema_field {
constexpr std::int64_t kName = 4;
constexpr std::int64_t kChildren = 5;
}  // namespace schema_field
namespace group_field {
constexpr std::int64_t kColumns = 1;
constexpr std::int64_t kRows = 3;
}  // namespace group_field
namespace chunk_field {
constexpr std::int64_t kMetaData = 3;
}
namespace column_field {
constexpr std::int64_t kUncompressed = 6;
}

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? ~std::uint64_t{0} : sum;
}

class FooterReader {
 public:
  FooterReader(std::string_view bytes, ParquetFooter& footer)
      : cursor_(bytes, ParquetFooter::kMaxElements), footer_(footer) {}

  ReadStep read() {
    each_field([this](const ThriftCursor::Field& field) {
      if (field.id == file_field::kSchema && field.type == Type::kList) {
        read_schema();
      } else if (field.id == file_field::kRowGroups && field.type == Type::kList) {
        read_row_groups();
      } else {
        cursor_.skip(field.type);
      }
    });
    if (problem_.state == ReadStep::State::kBroken) {
      return problem_;
    }
    return cursor_.ok() && footer_.columns > 0 && open_.size() == 1 && open_.front() == 0 ? ReadStep::done() : wrong();
  }

 private:
  static ReadStep wrong() { return ReadStep::broken("footer", "its footer is damaged or too large"); }
  bool good() const { return cursor_.ok() && problem_.state != ReadStep::State::kBroken; }

  template <typename Visit>
  void each_field(Visit visit) {
    for (ThriftCursor::Field field = cursor_.field(0); field.type != Type::kStop && good();
         field = cursor_.field(field.id)) {
      visit(field);
    }
  }

  // The value of an integer field that counts something.
  std::uint64_t count(Type type) {
    const bool integer = type == Type::kI16 || type == Type::kI32 || type == Type::kI64;
    const std::int64_t value = integer ? cursor_.integer() : -1;
    if (value < 0) {
      problem_ = wrong();
    }
    return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
  }

  void read_schema() {
    const ThriftCursor::List elements = cursor_.list();
    for (std::uint64_t i = 0; i < elements.size && good(); ++i) {
      read_schema_element(i == 0);
    }
  }

  // Elements are in the order of a tree: each group before its members.
  void read_schema_element(bool root) {
    std::string_view name;
    std::uint64_t children = 0;
    each_field([&](const ThriftCursor::Field& field) {
      if (field.id == schema_field::kName && field.type == Type::kBinary) {
        name = cursor_.binary();
      } else if (field.id == schema_field::kChildren) {
        children = count(field.type);
      } else {
        cursor_.skip(field.type);
      }
    });
    if (good()) {
      add_schema_element(root, name, children);
    }
  }

  void add_schema_element(bool root, std::string_view name, std::uint64_t children) {
    if (!root && (open_.empty() || open_.back() == 0)) {
      problem_ = wrong();
      return;
    }
    if (!root) {
      --open_.back();
      if (open_.size() == 1) {
        footer_.names.emplace_back(name);
      }
    }
    if (root || children > 0) {
      open_.push_back(children);
    } else {
      ++footer_.columns;
    }
    while (open_.size() > 1 && open_.back() == 0) {
      open_.pop_back();
    }
    check_schema_size();
  }

  void check_schema_size() {
    if (open_.size() > ParquetFooter::kMaxDepth) {
      problem_ = ReadStep::broken(
          "too_deep", "its columns nest deeper than " + std::to_string(ParquetFooter::kMaxDepth) + " levels");
    } else if (footer_.columns > ParquetFooter::kMaxColumns) {
      problem_ = ReadStep::broken("too_many_columns",
                                  "it has more than " + std::to_string(ParquetFooter::kMaxColumns) + " columns");
    }
  }

  void read_row_groups() {
    const ThriftCursor::List groups = cursor_.list();
    footer_.row_groups = groups.size;
    if (groups.size > ParquetFooter::kMaxRowGroups) {
      problem_ = ReadStep::broken("too_many_row_groups", "it has " + std::to_string(groups.size) + " row groups");
    }
    for (std::uint64_t i = 0; i < groups.size && good(); ++i) {
      each_field([this](const ThriftCursor::Field& field) {
        if (field.id == group_field::kColumns && field.type == Type::kList) {
          read_chunks();
        } else if (field.id == group_field::kRows) {
          footer_.rows = saturating_add(footer_.rows, count(field.type));
        } else {
          cursor_.skip(field.type);
        }
      });
    }
  }

  void read_chunks() {
    const ThriftCursor::List chunks = cursor_.list();
    chunks_ += chunks.size;
    if (chunks.size != footer_.columns) {
      problem_ = wrong();
    } else if (chunks_ > ParquetFooter::kMaxChunks) {
      problem_ =
          ReadStep::broken("too_many_row_groups", "it has more than " + std::to_string(ParquetFooter::kMaxChunks) +
                                                      " columns in all its row groups");
    }
    for (std::uint64_t i = 0; i < chunks.size && good(); ++i) {
      each_field([this](const ThriftCursor::Field& field) {
        if (field.id == chunk_field::kMetaData && field.type == Type::kStruct) {
          read_column();
        } else {
          cursor_.skip(field.type);
        }
      });
    }
  }

  void read_column() {
    each_field([this](const ThriftCursor::Field& field) {
      if (field.id == column_field::kUncompressed) {
        footer_.uncompressed = saturating_add(footer_.uncompressed, count(field.type));
      } else {
        cursor_.skip(field.type);
      }
    });
  }

  ThriftCursor cursor_;
  ParquetFooter& footer_;
  std::vector<std::uint64_t> open_;  // members that each open group of the schema still lacks, the root first
  std::uint64_t chunks_ = 0;
  ReadStep problem_;
};

}  // namespace

ReadStep read_parquet_footer(std::string_view bytes, std::uint64_t file_size, const ParquetLimits& limits,
                             ParquetFooter& footer) {
  footer = {};
  ReadStep step = FooterReader(bytes, footer).read();
  if (step.state == ReadStep::State::kBroken) {
    return step;
  }
  if (footer.rows > limits.rows) {
    return ReadStep::broken("too_many_records", "it has " + std::to_string(footer.rows) + " rows, more than " +
                                                    std::to_string(limits.rows));
  }
  // A little data may compress to almost nothing; what fits into memory does no harm.
  if (footer.uncompressed > limits.memory && footer.uncompressed / limits.ratio > file_size) {
    return ReadStep::broken("too_compressed", "it would decompress to " + std::to_string(footer.uncompressed) +
                                                  " bytes, more than " + std::to_string(limits.ratio) +
                                                  " times its size");
  }
  return step;
}

}  // namespace leeway
