// RecordBatches from literals, for tests of monitors and expressions.
//   BatchBuilder batch(schema);
//   batch.at(seconds(10)).set("status", 200).set("user.name", "x").null("error");
#pragma once

#include <string>
#include <string_view>

#include "agent/core/record_batch.h"

namespace leeway {

class BatchBuilder {
 public:
  // The schema must be complete and outlive the builder. Times are counted from `origin`.
  explicit BatchBuilder(const Schema& schema, TimePoint origin = TimePoint{}) : schema_(schema), origin_(origin) {
    clear();
  }

  // Forgets all records.
  BatchBuilder& clear() {
    batch_.reset(schema_.size());
    return *this;
  }
  // Begins a record.
  BatchBuilder& at(Duration since_origin) {
    row_ = batch_.append(origin_ + since_origin, batch_.rows() + 1);
    return *this;
  }
  // Sets a field of the record; a path that is not in the schema is ignored, as a decoder does.
  BatchBuilder& set(std::string_view path, Value value) {
    for (FieldId field = 0; field < schema_.size(); ++field) {
      if (schema_.fields()[field].to_string() == path) {
        batch_.cell(field, row_) = value;
      }
    }
    return *this;
  }
  BatchBuilder& set(std::string_view path, std::string_view text) {
    return set(path, Value::of_string(batch_.own(text)));
  }
  BatchBuilder& set(std::string_view path, const char* text) { return set(path, std::string_view(text)); }
  BatchBuilder& set(std::string_view path, int number) { return set(path, Value::of_int(number)); }
  BatchBuilder& set(std::string_view path, double number) { return set(path, Value::of_double(number)); }
  BatchBuilder& set(std::string_view path, bool boolean) { return set(path, Value::of_bool(boolean)); }
  BatchBuilder& null(std::string_view path) { return set(path, Value::null()); }

  BatchBuilder& of_version(const FileVersionPart& part) {
    batch_.set_file_version(part);
    return *this;
  }

  const RecordBatch& batch() const { return batch_; }
  bool full() const { return batch_.full(); }

 private:
  const Schema& schema_;
  TimePoint origin_;
  RecordBatch batch_;
  Row row_ = 0;
};

}  // namespace leeway
