// A part of saved state that does not change any more, such as the frozen reference of a column: a checkpoint refers to
// it instead of holding it, so it is written once. Made by monitors; kept on disk by the pipeline's PartFiles.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "agent/core/expected.h"

namespace leeway {

// A hash of the content (XXH3-128).
struct StatePartId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static StatePartId of(std::string_view bytes);
  bool operator==(const StatePartId&) const = default;
  bool operator<(const StatePartId& other) const { return high != other.high ? high < other.high : low < other.low; }
};

class StatePart {
 public:
  // Called on any thread; always gives the same bytes.
  using Content = std::function<Expected<std::string>()>;

  // Of content that is at hand: calls `content` once, and keeps it instead of the bytes.
  explicit StatePart(Content content);
  // Of content that is saved.
  StatePart(StatePartId id, std::uint64_t size, Content content) : id_(id), size_(size), content_(std::move(content)) {}

  const StatePartId& id() const { return id_; }
  std::uint64_t size() const { return size_; }
  Expected<std::string> bytes() const { return content_(); }

 private:
  StatePartId id_;
  std::uint64_t size_ = 0;
  Content content_;
};

using StateParts = std::map<StatePartId, StatePart>;

}  // namespace leeway
