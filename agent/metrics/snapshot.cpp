#include "agent/metrics/snapshot.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/core/utf8.h"

namespace leeway {
namespace {

constexpr std::size_t kBlockSize = 64 * 1024;

void append_escaped(std::string& out, std::string_view value) {
  while (!value.empty()) {
    const Utf8Sequence sequence = utf8_sequence(value);
    if (!sequence.valid) {
      out += kReplacementCharacter;
      value.remove_prefix(1);
      continue;
    }
    switch (value.front()) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += value.substr(0, sequence.length);
    }
    value.remove_prefix(sequence.length);
  }
}

}  // namespace

SnapshotBuilder::SnapshotBuilder(TimePoint taken) : snapshot_(std::make_shared<Snapshot>()) {
  snapshot_->taken_ = taken;
}

MetricFamily& SnapshotBuilder::family(const MetricDesc& desc) {
  std::deque<MetricFamily>& families = snapshot_->families_;
  // Monitors ask for a family once a collection, and there are tens of families: a search is cheap.
  const auto found = std::find_if(families.begin(), families.end(),
                                  [&desc](const MetricFamily& family) { return family.desc.name == desc.name; });
  return found == families.end() ? families.emplace_back(MetricFamily{desc, {}}) : *found;
}

char* SnapshotBuilder::allocate(std::size_t size, std::size_t alignment) {
  // The address counts down from the end of the block; blocks come from operator new and are aligned for anything.
  std::size_t end = room_ >= size ? (room_ - size) / alignment * alignment : 0;
  if (room_ < size) {
    const std::size_t block_size = std::max(kBlockSize, size);
    snapshot_->blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_size));
    block_ = snapshot_->blocks_.back().get();
    end = (block_size - size) / alignment * alignment;
  }
  room_ = end;
  return block_ + end;
}

void SnapshotBuilder::add(MetricFamily& family, std::string_view labels, double value, TimePoint created) {
  Sample sample;
  if (!labels.empty()) {
    char* text = allocate(labels.size(), 1);
    std::memcpy(text, labels.data(), labels.size());
    sample.labels = {text, labels.size()};
  }
  sample.created = created;
  sample.value = value;
  family.samples.push_back(sample);
}

void SnapshotBuilder::add_histogram(MetricFamily& family, std::string_view labels,
                                    std::span<const std::uint64_t> buckets, double sum, TimePoint created) {
  add(family, labels, 0, created);
  auto* copy = reinterpret_cast<std::uint64_t*>(allocate(buckets.size_bytes(), alignof(std::uint64_t)));
  std::uninitialized_copy(buckets.begin(), buckets.end(), copy);
  family.samples.back().buckets = {copy, buckets.size()};
  family.samples.back().sum = sum;
}

std::shared_ptr<const Snapshot> SnapshotBuilder::build() {
  block_ = nullptr;
  room_ = 0;
  return std::exchange(snapshot_, std::make_shared<Snapshot>());
}

std::string render_labels(std::span<const std::string> names, std::span<const std::string> values) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) {
      out += ',';
    }
    out += names[i];
    out += "=\"";
    append_escaped(out, values[i]);
    out += '"';
  }
  return out;
}

std::shared_ptr<const Snapshot> with_checkpoint_status(const std::shared_ptr<const Snapshot>& base,
                                                       const CheckpointStatus& checkpoint) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->status_ = base->status_;
  snapshot->status_.checkpoint = checkpoint;
  snapshot->taken_ = base->taken_;
  snapshot->base_ = base->base_ ? base->base_ : base;
  return snapshot;
}

}  // namespace leeway
