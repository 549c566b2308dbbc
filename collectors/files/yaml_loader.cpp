#include "collectors/files/yaml_loader.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <optional>
#include <streambuf>
#include <utility>
#include <vector>

#include "collectors/files/json_builder.h"
#include "collectors/files/json_document.h"

namespace leeway {
namespace {

constexpr std::uint64_t kQuickYamlBytes = 8 << 10;

// Why the conversion of a document stops early.
struct Refusal {
  const char* reason;
  std::string message;
};

// A text as a stream, without a copy.
class View final : public std::streambuf {
 public:
  explicit View(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
};

// Writes each event immediately, so that no tree is built.
class YamlConverter final : public YAML::EventHandler {
 public:
  YamlConverter(std::string& out, std::uint64_t limit, const std::stop_token& stop)
      : out_(out), json_(out), limit_(limit), stop_(stop) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { scalar(mark, anchor, "", true); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    scalar(mark, anchor, value, tag == "?" || tag.empty());
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Range range = anchor < anchored_.size() ? anchored_[anchor] : Range{};
    if (range.size == 0) {
      refuse_syntax(mark, "an alias of a node that is not complete");
    }
    if (out_.size() + range.size > limit_) {
      refuse_size();
    }
    if (begins_key() && out_[range.begin] != '"') {
      refuse_syntax(mark, "a key that is not text");
    }
    json_.raw(out_.substr(range.begin, range.size));
    end_value();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, false);
    json_.begin_array();
  }
  void OnSequenceEnd() override {
    json_.end_array();
    close();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, true);
    json_.begin_object();
  }
  void OnMapEnd() override {
    json_.end_object();
    close();
  }

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Level {
    bool map;
    bool key = true;  // a key comes next
    YAML::anchor_t anchor;
    std::size_t begin;
  };

  [[noreturn]] static void refuse_syntax(const YAML::Mark& mark, const char* what) {
    throw Refusal{"syntax", "line " + std::to_string(mark.line + 1) + ": " + what};
  }
  [[noreturn]] void refuse_size() const {
    throw Refusal{"too_large",
                  "it is, with aliases expanded, larger than the limit of " + std::to_string(limit_) + " bytes"};
  }

  bool begins_key() const { return !levels_.empty() && levels_.back().map && levels_.back().key; }

  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& value, bool plain) {
    if (stop_.stop_requested()) {
      throw Refusal{"syntax", "stopped"};
    }
    if (anchor != 0 && out_.size() > limit_) {
      refuse_size();
    }
    static_cast<void>(mark);
    json_.separate();
    const std::size_t begin = out_.size();
    if (plain && !begins_key()) {
      append_yaml_scalar(value, out_);
    } else {
      append_json_string(value, out_);
    }
    remember(anchor, begin);
    end_value();
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, bool map) {
    if (begins_key()) {
      refuse_syntax(mark, "a key that is not a scalar");
    }
    if (levels_.size() == JsonDocument::kMaxDepth) {
      throw Refusal{"too_deep", "it nests deeper than " + std::to_string(JsonDocument::kMaxDepth) + " levels"};
    }
    json_.separate();
    levels_.push_back({map, true, anchor, out_.size()});
  }

  void close() {
    remember(levels_.back().anchor, levels_.back().begin);
    levels_.pop_back();
    end_value();
  }

  void remember(YAML::anchor_t anchor, std::size_t begin) {
    if (anchor != 0) {
      anchored_.resize(std::max<std::size_t>(anchored_.size(), anchor + 1));
      anchored_[anchor] = {begin, out_.size() - begin};
    }
  }

  // A key, or a value of any kind, is complete.
  void end_value() {
    if (out_.size() > limit_) {
      refuse_size();
    }
    if (!levels_.empty() && levels_.back().map) {
      out_ += levels_.back().key ? ":" : "";
      levels_.back().key = !levels_.back().key;
    }
  }

  std::string& out_;
  JsonBuilder json_;
  const std::uint64_t limit_;
  const std::stop_token& stop_;
  std::vector<Level> levels_;
  std::vector<Range> anchored_;  // by anchor
};

// Anything after the first document.
class Nothing final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& /*mark*/) override {
    throw Refusal{"several_documents", "it holds more than one document"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}
};

}  // namespace

bool YamlLoader::is_slow(const FileToRead& version) const { return version.size > kQuickYamlBytes; }

ReadStep YamlLoader::load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token stop) {
  std::string source;
  ReadStep step = load_bytes(version, limit, source);
  if (step.state != ReadStep::State::kDone) {
    return step;
  }
  text.clear();
  try {
    View view(source);
    std::istream stream(&view);
    YAML::Parser parser(stream);
    YamlConverter converter(text, limit, stop);
    Nothing nothing;
    if (parser.HandleNextDocument(converter)) {
      parser.HandleNextDocument(nothing);
    }
    return step;
  } catch (const Refusal& refusal) {
    return ReadStep::broken(refusal.reason, refusal.message);
  } catch (const YAML::DeepRecursion&) {
    return ReadStep::broken("too_deep", "it nests deeper than " + std::to_string(JsonDocument::kMaxDepth) + " levels");
  } catch (const std::exception& error) {
    return ReadStep::broken("syntax", error.what());
  }
}

}  // namespace leeway
