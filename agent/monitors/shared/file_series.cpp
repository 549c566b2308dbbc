#include "agent/monitors/shared/file_series.h"

#include <utility>

namespace leeway {

namespace {

// Of the file, unlike those of files of the other sources; of the first source its own, as saved by earlier releases.
std::uint64_t file_of(const FileVersionPart& part, std::size_t input) {
  return part.file + input * 0x9E37'79B9'7F4A'7C15U;
}

}  // namespace

bool FileSeries::set(Series series, const FileVersionPart& part, std::size_t input) {
  if (series >= origins_.size()) {
    origins_.resize(series + 1);
  }
  Origin& origin = origins_[series];
  const bool outdated = origin.known && origin.file == file_of(part, input) && origin.version != part.id;
  const bool gone = origin.gone;
  origin = {file_of(part, input), part.id, true, false};
  return outdated || gone;
}

bool FileSeries::set(Series series) {
  return series < origins_.size() && std::exchange(origins_[series], Origin{}).gone;
}

void FileSeries::end_version(const FileVersionPart& part, std::size_t input) {
  for (Origin& origin : origins_) {
    if (origin.known && origin.file == file_of(part, input) && origin.version != part.id) {
      origin.gone = true;
    }
  }
}

void FileSeries::save(StateWriter& out) const {
  if (origins_.empty()) {
    return;
  }
  out.u64(origins_.size());
  for (const Origin& origin : origins_) {
    out.u8(static_cast<std::uint8_t>((origin.known ? 1 : 0) | (origin.gone ? 2 : 0)));
    out.u64(origin.file);
    out.u64(origin.version);
  }
}

void FileSeries::load(StateReader& in) {
  origins_.clear();
  if (!in.ok() || in.at_end()) {
    return;
  }
  const std::uint64_t size = in.count();
  for (std::uint64_t i = 0; i < size && in.ok(); ++i) {
    const std::uint8_t flags = in.u8();
    Origin origin;
    origin.known = (flags & 1) != 0;
    origin.gone = (flags & 2) != 0;
    origin.file = in.u64();
    origin.version = in.u64();
    origins_.push_back(origin);
  }
}

}  // namespace leeway
