#include "agent/cli/init_inputs.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <map>
#include <regex>

#include "agent/init/container_path.h"

namespace leeway {
namespace {

constexpr std::size_t kMostOfInput = std::size_t{16} << 20;
constexpr std::size_t kMostInputs = 20;
constexpr std::size_t kBeginning = 512;

struct Found {
  std::string path;
  FileInfo info;
};

Expected<std::string> beginning_of(FileSystem& files, const std::string& path) {
  Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  if (!file) {
    return file.error();
  }
  std::string text(kBeginning, '\0');
  const Expected<std::size_t> read = read_fully(**file, 0, text);
  if (!read) {
    return read.error();
  }
  text.resize(*read);
  return text;
}

bool is_compressed(const std::string& path) { return path.ends_with(".gz") || path.ends_with(".zst"); }

// Why there is nothing to look at; "" where there is.
Expected<std::string> reason_to_skip(FileSystem& files, const Found& file) {
  if (file.info.type != FileType::kRegular) {
    return std::string(file.info.type == FileType::kFifo ? "is a pipe" : "is no file") +
           ": there is nothing to look at twice; `-` reads standard input";
  }
  if (file.info.size == 0) {
    return std::string("is empty: there is nothing to look at");
  }
  if (is_compressed(file.path)) {
    return std::string();
  }
  const Expected<std::string> beginning = beginning_of(files, file.path);
  if (!beginning) {
    return beginning.error();
  }
  const std::string kind = binary_kind(*beginning);
  return kind.empty() || file.path.ends_with(".parquet") ? std::string() : "is " + kind + ", and no text";
}

Expected<std::vector<Found>> files_of(FileSystem& files, const std::string& given) {
  const std::string path = std::filesystem::absolute(given).lexically_normal().string();
  const Expected<FileInfo> info = files.stat(path);
  if (!info) {
    return info.error();
  }
  if (info->type != FileType::kDirectory) {
    return std::vector<Found>{{path, *info}};
  }
  const Expected<std::vector<DirectoryEntry>> entries = files.list(path);
  if (!entries) {
    return entries.error();
  }
  std::vector<Found> found;
  for (const DirectoryEntry& entry : *entries) {
    const std::string inside = (std::filesystem::path(path) / entry.name).string();
    const Expected<FileInfo> one = files.stat(inside);
    if (one && one->type == FileType::kRegular && !entry.name.starts_with('.')) {
      found.push_back({inside, *one});
    }
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.path < b.path; });
  if (found.empty()) {
    return Error{ErrorCode::kUsage, "'" + given + "' is a directory without a file"};
  }
  return found;
}

// The log itself before its rotated parts, these before compressed ones, the newest first.
bool comes_first(const Found& a, const Found& b, const std::string& path) {
  const auto rank = [&](const Found& file) { return file.path == path ? 0 : is_compressed(file.path) ? 2 : 1; };
  return rank(a) != rank(b) ? rank(a) < rank(b) : a.info.modified > b.info.modified;
}

std::string path_before_rotation(const std::string& path) {
  if (const std::optional<ContainerPath> container = container_path(path)) {
    return container->pattern;
  }
  const std::filesystem::path whole(path);
  return (whole.parent_path() / name_before_rotation(whole.filename().string())).string();
}

}  // namespace

std::string name_before_rotation(const std::string& name) {
  static const std::regex kCompressed(R"((.+)\.(gz|zst|bz2|xz))");
  static const std::regex kAtEnd(
      R"((.+\.(?:log|txt|out|err|json|jsonl))(?:\.\d{1,4}|[-._]\d{4}-?\d\d-?\d\d(?:[-_T.]?\d{2,14})?(?:\.\d{1,4})?))");
  static const std::regex kWithin(R"((.+[-._])\d{4}-?\d\d-?\d\d(?:[-_T.]\d{2,6})?(\.(?:log|txt|out|err|json|jsonl)))");
  std::smatch match;
  std::string base = name;
  if (std::regex_match(base, match, kCompressed)) {
    base = std::string(match[1]);
  }
  if (std::regex_match(base, match, kAtEnd)) {
    return match[1];
  }
  if (std::regex_match(base, match, kWithin)) {
    return std::string(match[1]) + "*" + std::string(match[2]);
  }
  return base;
}

std::string binary_kind(std::string_view beginning) {
  struct Magic {
    std::string_view bytes;
    const char* kind;
  };
  static constexpr std::array kMagic = {Magic{"\x1f\x8b", "compressed by gzip, but not named .gz"},
                                        Magic{"\x28\xb5\x2f\xfd", "compressed by zstd, but not named .zst"},
                                        Magic{"BZh", "compressed by bzip2"},
                                        Magic{"\xfd"
                                              "7zXZ",
                                              "compressed by xz"},
                                        Magic{"PK\x03\x04", "a zip archive"},
                                        Magic{"LPKSHHRH", "a journal of systemd (`journalctl -o json` prints it)"},
                                        Magic{"SQLite format 3", "a database of SQLite"},
                                        Magic{"\x7f"
                                              "ELF",
                                              "a program"},
                                        Magic{"PAR1", "a Parquet file, but not named .parquet"}};
  for (const Magic& magic : kMagic) {
    if (beginning.starts_with(magic.bytes)) {
      return magic.kind;
    }
  }
  const bool utf16 = beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff");
  const auto nul = static_cast<std::size_t>(std::count(beginning.begin(), beginning.end(), '\0'));
  return !utf16 && nul * 10 > beginning.size() ? "binary" : "";
}

Expected<LogSample> sample_of_standard_input() {
  LogSample sample;
  sample.path = "-";
  sample.info.modified = SystemClock().wall();
  std::array<char, 65'536> buffer{};
  std::size_t read = 0;
  while (sample.text.size() < kMostOfInput && (read = std::fread(buffer.data(), 1, buffer.size(), stdin)) > 0) {
    sample.text.append(buffer.data(), read);
  }
  if (sample.text.empty()) {
    return Error{ErrorCode::kUsage, "standard input is empty: there is nothing to look at"};
  }
  sample.size = sample.text.size();
  return sample;
}

bool from_utf16(std::string& text) {
  const bool little = text.starts_with("\xff\xfe");
  if (!little && !text.starts_with("\xfe\xff")) {
    return false;
  }
  std::string result;
  const auto unit_at = [&](std::size_t at) {
    const auto low = static_cast<unsigned char>(text[at + (little ? 0 : 1)]);
    const auto high = static_cast<unsigned char>(text[at + (little ? 1 : 0)]);
    return static_cast<std::uint32_t>(high << 8U | low);
  };
  const auto add = [&](std::uint32_t code) {
    const auto byte = [&](std::uint32_t value) { result += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) {
      byte(code);
    } else if (code < 0x800) {
      byte(0xc0U | code >> 6U);
      byte(0x80U | (code & 0x3fU));
    } else if (code < 0x10000) {
      byte(0xe0U | code >> 12U);
      byte(0x80U | (code >> 6U & 0x3fU));
      byte(0x80U | (code & 0x3fU));
    } else {
      byte(0xf0U | code >> 18U);
      byte(0x80U | (code >> 12U & 0x3fU));
      byte(0x80U | (code >> 6U & 0x3fU));
      byte(0x80U | (code & 0x3fU));
    }
  };
  for (std::size_t at = 2; at + 1 < text.size(); at += 2) {
    std::uint32_t code = unit_at(at);
    const bool pair = code >= 0xd800 && code < 0xdc00 && at + 3 < text.size();
    if (pair) {
      at += 2;
      code = 0x10000 + ((code - 0xd800) << 10U) + (unit_at(at) - 0xdc00);
    }
    add(code);
  }
  text = std::move(result);
  return true;
}

Expected<std::vector<InitInput>> find_inputs(FileSystem& files, const std::vector<std::string>& given,
                                             std::vector<std::string>& said) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<Found>> groups;
  std::optional<Error> skipped;
  for (const std::string& one : given) {
    if (one == "-") {
      order.emplace_back("-");
      continue;
    }
    Expected<std::vector<Found>> found = files_of(files, one);
    if (!found) {
      return found.error();
    }
    for (const Found& file : *found) {
      const Expected<std::string> reason = reason_to_skip(files, file);
      if (!reason) {
        return reason.error();
      }
      if (!reason->empty()) {
        skipped = Error{ErrorCode::kUsage, "'" + file.path + "' " + *reason};
        said.push_back(file.path + " " + *reason);
        continue;
      }
      const std::string path = path_before_rotation(file.path);
      if (!groups.contains(path)) {
        order.push_back(path);
      }
      groups[path].push_back(file);
    }
  }
  std::vector<InitInput> inputs;
  for (const std::string& path : order) {
    InitInput input{path};
    std::vector<Found>& group = groups[path];
    std::sort(group.begin(), group.end(), [&](const Found& a, const Found& b) { return comes_first(a, b, path); });
    for (const Found& file : group) {
      input.files.push_back(file.path);
      if (const std::optional<ContainerPath> container = container_path(file.path)) {
        input.name = container->name;
        input.path_fields = container->fields;
      }
      if (file.path != path) {
        said.push_back(file.path + " is a part of " + path + ", which is one source");
      }
    }
    inputs.push_back(std::move(input));
  }
  if (inputs.empty()) {
    return skipped.value_or(Error{ErrorCode::kUsage, "there is nothing to look at"});
  }
  if (inputs.size() > kMostInputs) {
    said.push_back(std::to_string(inputs.size() - kMostInputs) + " more logs are left out; name those that you need");
    inputs.resize(kMostInputs);
  }
  return inputs;
}

}  // namespace leeway
