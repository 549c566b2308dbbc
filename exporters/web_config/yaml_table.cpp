#include "exporters/web_config/yaml_table.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace leeway {
namespace {

// Of a file whose aliases repeat what they name, or of one that is no configuration.
constexpr std::size_t kMostValues = 10'000;
constexpr std::size_t kMostLevels = 32;

// Ends the reading; the position and what is wrong.
struct Refusal {
  Position position;
  std::string message;
};

// Builds the tree from events: yaml-cpp's own can contain itself.
class TableBuilder final : public YAML::EventHandler {
 public:
  TableBuilder(const std::string& file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}

  ConfigTable take() { return std::move(root_); }
  Position position(const YAML::Mark& mark) const {
    return mark.is_null() ? Position{file_, 1, 1}
                          : Position{file_, static_cast<std::uint32_t>(mark.line) + 1,
                                     static_cast<std::uint32_t>(mark.column) + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(has_document_, true)) {
      throw Refusal{position(mark), "a second document begins; expected only one"};
    }
  }
  void OnDocumentEnd() override {}

  // A null has no position of its own.
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar("", has_key() ? levels_.back().key_position : position(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    scalar(value, position(mark), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto* const named = anchor < anchored_.size() && anchored_[anchor] ? &*anchored_[anchor] : nullptr;
    if (named == nullptr) {
      throw Refusal{position(mark), "an alias of something that is not complete"};
    }
    const std::string* const text = named->value.get_if<std::string>();
    if (wants_key()) {
      set_key(text == nullptr ? std::nullopt : std::optional(*text), position(mark));
      return;
    }
    count(named->values, position(mark));
    add(0, named->value.data(), position(mark), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, ConfigArray());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, ConfigTable());
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    ConfigValue::Data data;  // so far: an array or a table
    Position at;
    YAML::anchor_t anchor;
    std::size_t values_before;
    bool is_key = false;  // of the level around it, which is an error
    std::optional<std::string> key = std::nullopt;
    bool after_key = false;  // a value comes next; it is dropped if `key` has none
    Position key_position{};

    ConfigTable* table() { return std::get_if<ConfigTable>(&data); }
  };
  struct Anchored {
    ConfigValue value;
    std::size_t values;  // in it
  };

  bool wants_key() { return !levels_.empty() && levels_.back().table() != nullptr && !levels_.back().after_key; }
  bool has_key() const { return !levels_.empty() && levels_.back().after_key; }

  void count(std::size_t values, const Position& at) {
    values_ += values;
    if (values_ > kMostValues) {
      throw Refusal{at, "the file has more than " + std::to_string(kMostValues) + " values"};
    }
  }

  void scalar(const std::string& value, const Position& at, YAML::anchor_t anchor) {
    if (wants_key()) {
      remember(anchor, ConfigValue(value, at, at), 1);
      set_key(value, at);
    } else {
      add(anchor, value, at, 1);
    }
  }

  // No name: of a key that is not a scalar.
  void set_key(std::optional<std::string> name, Position at) {
    Level& level = levels_.back();
    if (!name) {
      diagnostics_.error(at, "a key is not a scalar; expected a name");
    } else if (level.table()->find(*name) != nullptr) {
      diagnostics_.error(at, "key '" + *name + "' is given twice");
      name.reset();
    }
    level.key = std::move(name);
    level.key_position = std::move(at);
    level.after_key = true;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, ConfigValue::Data data) {
    if (levels_.size() == kMostLevels) {
      throw Refusal{position(mark), "it nests deeper than " + std::to_string(kMostLevels) + " levels"};
    }
    levels_.push_back({std::move(data), position(mark), anchor, values_, wants_key()});
  }

  void close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    if (level.is_key) {
      set_key(std::nullopt, level.at);
    } else {
      add(level.anchor, std::move(level.data), level.at, values_ - level.values_before + 1);
    }
  }

  void remember(YAML::anchor_t anchor, ConfigValue value, std::size_t values) {
    if (anchor != 0) {
      anchored_.resize(std::max<std::size_t>(anchored_.size(), anchor + 1));
      anchored_[anchor] = Anchored{std::move(value), values};
    }
  }

  // `values`: in it, of which all but itself are counted; 0 if all are.
  void add(YAML::anchor_t anchor, ConfigValue::Data data, const Position& at, std::size_t values) {
    count(values == 0 ? 0 : 1, at);
    if (levels_.empty()) {
      if (ConfigTable* const table = std::get_if<ConfigTable>(&data)) {
        root_ = std::move(*table);
      } else if (const auto* const text = std::get_if<std::string>(&data); text == nullptr || !text->empty()) {
        diagnostics_.error(at, "the file is not a mapping; expected keys with values");
      }
      return;
    }
    Level& level = levels_.back();
    ConfigValue value(std::move(data), at, level.after_key ? level.key_position : at);
    remember(anchor, value, values);
    if (ConfigArray* const array = std::get_if<ConfigArray>(&level.data)) {
      array->push_back(std::move(value));
    } else if (level.key) {
      level.table()->set(*level.key, std::move(value));
    }
    level.key.reset();
    level.after_key = false;
  }

  const std::string& file_;
  Diagnostics& diagnostics_;
  ConfigTable root_;
  std::vector<Level> levels_;
  std::vector<std::optional<Anchored>> anchored_;  // by anchor; complete ones only
  std::size_t values_ = 0;
  bool has_document_ = false;
};

}  // namespace

ConfigTable parse_yaml_table(const std::string& text, const std::string& file, Diagnostics& diagnostics) {
  TableBuilder builder(file, diagnostics);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    diagnostics.error(refusal.position, refusal.message);
  } catch (const YAML::Exception& error) {
    diagnostics.error(builder.position(error.mark), "this is not YAML: " + error.msg);
  } catch (const std::exception& error) {
    diagnostics.error({file, 1, 1}, std::string("this is not YAML: ") + error.what());
  }
  return builder.take();
}

}  // namespace leeway
