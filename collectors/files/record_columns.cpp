#include "collectors/files/record_columns.h"

#include <algorithm>
#include <utility>

#include "collectors/decode/json_scalars.h"

namespace leeway {
namespace {

const std::string* first_name(const FieldPath& path) {
  return path.steps.empty() ? nullptr : std::get_if<std::string>(&path.steps.front());
}

FieldPath without_first(const FieldPath& path) { return {{path.steps.begin() + 1, path.steps.end()}}; }

}  // namespace

RecordColumns::RecordColumns(const RecordNames& names, const RecordPath& path, const Schema& schema,
                             TimestampParser time_parser)
    : names_(names),
      ancestors_(path.ancestors()),
      wildcards_(path.wildcards()),
      time_parser_(std::move(time_parser)),
      levels_(ancestors_ + 1) {
  std::vector<Schema> fields(levels_.size());
  for (FieldId column = 0; column < schema.size(); ++column) {
    const FieldPath& field = schema.fields()[column];
    if (field.json_at > 0) {
      continue;
    }
    const std::string* const name = first_name(field);
    const auto key = name == nullptr ? names_.keys.end() : std::find(names_.keys.begin(), names_.keys.end(), *name);
    if (key != names_.keys.end() && field.steps.size() == 1) {
      key_columns_.push_back({static_cast<std::size_t>(key - names_.keys.begin()), column});
      continue;
    }
    const std::size_t level = level_of(field);
    const FieldId inner = fields[level].intern(level == ancestors_ ? field : without_first(field));
    if (schema.wants_items(column)) {
      fields[level].want_items(inner);
    }
    levels_[level].columns.push_back(column);
  }
  std::optional<FieldPath> time = names_.time;
  const std::size_t time_level = time ? level_of(*time) : levels_.size();
  if (time && time_level != ancestors_) {
    time = without_first(*time);
  }
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    Level& level = levels_[i];
    level.has_time = i == time_level;
    level.values.resize(level.columns.size());
    if (!level.columns.empty() || level.has_time) {
      level.trie = make_path_trie(fields[i], level.has_time ? &*time : nullptr);
    }
  }
}

std::size_t RecordColumns::level_of(const FieldPath& path) const {
  const std::string* const name = first_name(path);
  if (name != nullptr) {
    const auto parent = std::find(names_.parents.begin(), names_.parents.end(), *name);
    if (parent != names_.parents.end()) {
      return static_cast<std::size_t>(parent - names_.parents.begin());
    }
  }
  return ancestors_;
}

void RecordColumns::new_batch() {
  for (Level& level : levels_) {
    level.token.reset();
  }
}

void RecordColumns::append(const JsonDocument& document, const RecordFinder& finder, const RecordFinder::Record& record,
                           RecordBatch& batch, DecodeCounts& counts) {
  document_ = &document;
  batch_ = &batch;
  counts_ = &counts;
  const Row row = batch.append(kNoTime, batch.rows() + 1);
  extract(levels_[ancestors_], record.value);
  if (ancestors_ > 0) {
    extract(levels_[0], 0);
  }
  std::uint32_t index = record.element;
  for (std::size_t wildcard = wildcards_; wildcard-- > 0;) {
    const RecordFinder::Element& element = finder.element(wildcard, index);
    index = element.parent;
    if (wildcard + 1 < ancestors_) {
      extract(levels_[wildcard + 1], element.value);
    }
    for (const KeyColumn& key : key_columns_) {
      if (key.wildcard == wildcard) {
        batch.cell(key.column, row) = key_value(element);
      }
    }
  }
  for (const Level& level : levels_) {
    for (std::size_t i = 0; i < level.columns.size(); ++i) {
      batch.cell(level.columns[i], row) = level.values[i];
    }
    if (level.has_time) {
      batch.set_time(row, level.time);
      if (level.time == kNoTime) {
        ++counts.anomalies[level.time_seen ? "time_invalid" : "time_missing"];
      }
    }
  }
}

Value RecordColumns::key_value(const RecordFinder::Element& element) {
  return element.key == JsonDocument::kNoKey ? Value::of_int(element.ordinal)
                                             : Value::of_string(unquoted(*document_, element.key, *batch_));
}

// Fills the level with the fields of the value at `token`; what encloses several records is read once per batch.
void RecordColumns::extract(Level& level, Token token) {
  if (level.trie == nullptr || level.token == token) {
    return;
  }
  level.token = token;
  ++level.number;
  std::fill(level.values.begin(), level.values.end(), Value::missing());
  level.time = kNoTime;
  level.time_seen = false;
  PathNode* node = level.trie.get();
  if (!document_->is_container(token) && &level == &levels_.back()) {
    node = node->members.find(RecordNames::kScalar, 0);
  }
  walk(level, token, node);
}

RecordColumns::Token RecordColumns::walk(Level& level, Token token, PathNode* node) {
  if (node == nullptr) {
    return document_->after(token);
  }
  if (document_->is_container(token)) {
    return walk_container(level, token, node);
  }
  if (node->is_leaf()) {
    store_scalar(level, token, *node);
  }
  return token + 1;
}

RecordColumns::Token RecordColumns::walk_container(Level& level, Token token, PathNode* node) {
  const JsonDocument& document = *document_;
  const bool object = document.is_object(token);
  const char close = object ? '}' : ']';
  std::int64_t size = 0;
  Token at = token + 1;
  while (document.kind(at) != close) {
    PathNode* child = nullptr;
    if (object) {
      const std::string_view key = document.text(at);
      child = node->members.empty() ? nullptr
                                    : node->members.find(key.substr(1, key.size() - 2), static_cast<std::size_t>(size));
      at += 2;
    } else {
      child = node->find_element(static_cast<std::size_t>(size));
    }
    if (child != nullptr && std::exchange(child->seen, level.number) == level.number) {
      ++counts_->anomalies["duplicate_key"];
      child = nullptr;
    }
    at = walk(level, at, child);
    at += document.kind(at) == ',' ? 1 : 0;
    ++size;
  }
  if (node->is_leaf()) {
    store(level, *node, node->wants_items ? items(token) : object ? Value::map(size) : Value::list(size), {});
  }
  return at + 1;
}

void RecordColumns::store(Level& level, const PathNode& node, const Value& value, std::string_view text) {
  if (node.field != PathNode::kNoField) {
    level.values[node.field] = value;
  }
  if (node.is_time && value.kind != ValueKind::kNull) {
    level.time_seen = true;
    level.time = text.empty() ? kNoTime : time_parser_.parse(text);
  }
}

// The list or object that begins there.
Value RecordColumns::items(Token begin) {
  return items_.read(
      begin, *batch_, [this](Token at) { return document_->kind(at); }, [this](Token at) { return scalar(at); });
}

void RecordColumns::store_scalar(Level& level, Token token, const PathNode& node) {
  const Value value = scalar(token);
  const bool no_text = value.kind == ValueKind::kBool || value.kind == ValueKind::kNull;
  const std::string_view text = value.kind == ValueKind::kString ? value.string() : document_->text(token);
  store(level, node, value, no_text ? std::string_view() : text);
}

Value RecordColumns::scalar(Token token) {
  const std::string_view word = document_->text(token);
  switch (word.front()) {
    case '"':
      return Value::of_string(unquoted(*document_, token, *batch_));
    case 't':
    case 'f':
      return Value::of_bool(word == "true");
    case 'n':
      return Value::null();
    default:
      break;
  }
  if (const std::optional<double> special = number_that_is_not_finite(word)) {
    ++counts_->anomalies["not_finite"];
    return Value::of_double(*special);
  }
  const Value number = parse_json_number(word);
  if (number.kind == ValueKind::kError) {
    ++counts_->anomalies["number_out_of_range"];
  }
  return number;
}

}  // namespace leeway
