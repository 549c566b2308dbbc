#include "agent/pipeline/part_file.h"

#include <xxhash.h>

#include "agent/pipeline/little_endian.h"

namespace leeway {
namespace {

constexpr std::string_view kPartMagic = "LEEWAYPT";
constexpr std::size_t kNumber = 8;  // bytes
constexpr std::size_t kPartHeaderBytes = 24;
constexpr std::size_t kPartEntryBytes = 24;
constexpr std::uint64_t kMostParts = 10'000'000;
constexpr std::uint64_t kLargestPart = 1ULL << 30;

std::uint64_t list_checksum(std::string_view start, std::string_view list) {
  return XXH3_64bits_withSeed(list.data(), list.size(), XXH3_64bits(start.data(), start.size()));
}

const Error kNotParts{ErrorCode::kCorrupt, "its list of parts is damaged"};

}  // namespace

std::string encode_part_list(const std::vector<StatePart>& parts) {
  std::string list;
  for (const StatePart& part : parts) {
    put_number(list, part.id().high, kNumber);
    put_number(list, part.id().low, kNumber);
    put_number(list, part.size(), kNumber);
  }
  std::string bytes(kPartMagic);
  put_number(bytes, parts.size(), kNumber);
  put_number(bytes, list_checksum(bytes, list), kNumber);
  return bytes + list;
}

Expected<std::vector<PartFileEntry>> decode_part_list(std::string_view bytes, std::uint64_t file_size) {
  if (bytes.size() < kPartHeaderBytes || bytes.substr(0, kPartMagic.size()) != kPartMagic) {
    return Error{ErrorCode::kCorrupt, "not a file of parts"};
  }
  const std::uint64_t count = number_at(bytes, 8, kNumber);
  if (count > (bytes.size() - kPartHeaderBytes) / kPartEntryBytes) {
    return kNotParts;
  }
  const std::string_view list = bytes.substr(kPartHeaderBytes, count * kPartEntryBytes);
  if (list_checksum(bytes.substr(0, 16), list) != number_at(bytes, 16, kNumber)) {
    return kNotParts;
  }
  std::vector<PartFileEntry> entries(count);
  std::uint64_t offset = kPartHeaderBytes + list.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i * kPartEntryBytes;
    entries[i] = {
        {number_at(list, at, kNumber), number_at(list, at + 8, kNumber)}, offset, number_at(list, at + 16, kNumber)};
    if (entries[i].size > kLargestPart || offset + entries[i].size > file_size) {
      return Error{ErrorCode::kCorrupt, "it ends early"};
    }
    offset += entries[i].size;
  }
  return entries;
}

Expected<std::vector<PartFileEntry>> read_part_list(File& file) {
  const Expected<FileInfo> info = file.info();
  if (!info) {
    return info.error();
  }
  std::string bytes(kPartHeaderBytes, '\0');
  Expected<std::size_t> read = read_fully(file, 0, bytes);
  if (!read) {
    return read.error();
  }
  const std::uint64_t count = *read == bytes.size() ? number_at(bytes, 8, kNumber) : 0;
  if (count <= kMostParts && count <= info->size / kPartEntryBytes) {
    bytes.resize(kPartHeaderBytes + count * kPartEntryBytes);
    read = read_fully(file, 0, bytes);
    if (!read) {
      return read.error();
    }
  }
  return decode_part_list(std::string_view(bytes).substr(0, *read), info->size);
}

Expected<std::string> read_part(File& file, const PartFileEntry& entry) {
  std::string bytes(entry.size, '\0');
  const Expected<std::size_t> read = read_fully(file, entry.offset, bytes);
  if (!read) {
    return read.error();
  }
  if (*read != entry.size || StatePartId::of(bytes) != entry.id) {
    return Error{ErrorCode::kCorrupt, "checksum of a part does not match"};
  }
  return bytes;
}

Expected<void> write_parts(File& file, const std::vector<StatePart>& parts) {
  const std::string list = encode_part_list(parts);
  Expected<void> written = file.write_at(0, list);
  std::uint64_t offset = list.size();
  for (const StatePart& part : parts) {
    const Expected<std::string> bytes = written ? part.bytes() : Expected<std::string>(written.error());
    if (!bytes) {
      return bytes.error();
    }
    if (bytes->size() != part.size()) {
      return Error{ErrorCode::kCorrupt, "a part of the state has changed"};
    }
    written = file.write_at(offset, *bytes);
    offset += bytes->size();
  }
  return written;
}

}  // namespace leeway
