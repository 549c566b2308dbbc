// The labels of a series as pairs of name and value: made once, immutable, shared by the table of the series, by all
// snapshots that show it and by the per-id state of exporters. Made by SeriesTable and LabelPool.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "agent/core/arena.h"

namespace leeway {

struct Label {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const Label&, const Label&) = default;
};

class LabelStore;

// A handle, as cheap to copy as a pointer. Valid as long as its store; a snapshot keeps the stores of its labels.
class SeriesLabels {
 public:
  SeriesLabels() = default;  // no labels

  // Values are valid UTF-8.
  std::span<const Label> pairs() const { return set_ == nullptr ? std::span<const Label>() : set_->pairs; }
  // Not reused for other labels while the process runs; 0 for no labels.
  std::uint64_t id() const { return set_ == nullptr ? 0 : set_->id; }
  // Null for no labels.
  const LabelStore* store() const { return set_ == nullptr ? nullptr : set_->store; }

 private:
  friend class LabelStore;
  struct Set {
    const LabelStore* store;
    std::uint64_t id;
    std::span<const Label> pairs;
  };
  explicit SeriesLabels(const Set* set) : set_(set) {}

  const Set* set_ = nullptr;
};

// Owns labels for as long as their table, or the last snapshot that shows one of them, exists. One thread adds; other
// threads may read what it added before it published a snapshot.
class LabelStore : public std::enable_shared_from_this<LabelStore> {
 public:
  static std::shared_ptr<LabelStore> make();

  // A copy that lives as long as the store.
  std::string_view keep(std::string_view text) { return arena_.copy(text); }
  // The texts of `pairs` live as long as the store, and values are valid UTF-8.
  SeriesLabels add(std::span<const Label> pairs);

 private:
  LabelStore() = default;

  Arena arena_;
};

}  // namespace leeway
