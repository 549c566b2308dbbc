#include "agent/cli/init_inputs.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "agent/cli/input_files.h"
#include "agent/init/container_path.h"
#include "agent/init/numbered_files.h"

namespace leeway {
namespace {

constexpr std::size_t kMostOfInput = std::size_t{16} << 20;
constexpr std::size_t kMostInputs = 20;
// The log itself before its rotated parts, these before compressed ones, the newest first.
bool comes_first(const InputFile& a, const InputFile& b, const std::string& path) {
  const auto rank = [&](const InputFile& file) {
    return file.path == path ? 0 : is_compressed_name(file.path) ? 2 : 1;
  };
  return rank(a) != rank(b) ? rank(a) < rank(b) : a.info.modified > b.info.modified;
}

std::string path_before_rotation(const std::string& path) {
  if (const std::optional<ContainerPath> container = container_path(path)) {
    return container->pattern;
  }
  const std::filesystem::path whole(path);
  return (whole.parent_path() / name_before_rotation(whole.filename().string())).string();
}

// Files that are parts of one source, in the order in which they were found.
class Groups {
 public:
  void add(const std::string& path) { order_.push_back(path); }
  void add(InputFile file) {
    const std::string path = path_before_rotation(file.path);
    if (!members_.contains(path)) {
      order_.push_back(path);
    }
    members_[path].push_back(std::move(file));
  }

  std::vector<InitInput> take(std::vector<std::string>& said) {
    std::vector<InitInput> inputs;
    for (const NumberedFiles& set : numbered_files(order_)) {
      join(set);
    }
    for (const std::string& path : order_) {
      inputs.push_back(input_of(path, said));
    }
    name_apart(inputs);
    return inputs;
  }

 private:
  // Of logs whose names differ in a number, the first one becomes all of them.
  void join(const NumberedFiles& set) {
    std::vector<InputFile> all;
    for (const std::string& path : set.paths) {
      std::move(members_[path].begin(), members_[path].end(), std::back_inserter(all));
      members_.erase(path);
    }
    members_[set.pattern] = std::move(all);
    numbered_[set.pattern] = set;
    *std::find(order_.begin(), order_.end(), set.paths.front()) = set.pattern;
    std::erase_if(order_, [&](const std::string& path) {
      return std::find(set.paths.begin(), set.paths.end(), path) != set.paths.end();
    });
  }

  InitInput input_of(const std::string& path, std::vector<std::string>& said) {
    InitInput input{path};
    std::vector<InputFile>& group = members_[path];
    std::sort(group.begin(), group.end(),
              [&](const InputFile& a, const InputFile& b) { return comes_first(a, b, path); });
    std::set<std::string> folders;
    for (const InputFile& file : group) {
      input.files.push_back(file.path);
      input.named = input.named || file.named;
      folders.insert(std::filesystem::path(file.path).parent_path().string());
      if (const std::optional<ContainerPath> container = container_path(file.path)) {
        input.name = container->name;
        input.owner = container->owner;
        input.path_fields = container->fields;
        input.label = container->label;
      }
      if (file.path != path) {
        said.push_back(file.path + " is a part of " + path + ", which is one source");
      }
    }
    if (folders.size() < 2) {
      input.label.clear();
    }
    if (const auto numbered = numbered_.find(path); numbered != numbered_.end()) {
      input.name = numbered->second.name;
      input.path_fields = numbered->second.fields;
      input.label = numbered->second.label;
    }
    return input;
  }

  // Containers of the same name are told apart by what runs them.
  static void name_apart(std::vector<InitInput>& inputs) {
    std::map<std::string, int> taken;
    for (const InitInput& input : inputs) {
      ++taken[input.name];
    }
    for (InitInput& input : inputs) {
      if (taken[input.name] > 1 && !input.owner.empty() && input.owner != input.name) {
        input.name = input.owner + "_" + input.name;
      }
    }
  }

  std::vector<std::string> order_;
  std::map<std::string, std::vector<InputFile>> members_;
  std::map<std::string, NumberedFiles> numbered_;
};

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
  Groups groups;
  for (const std::string& one : given) {
    if (one == "-") {
      groups.add("-");
      continue;
    }
    Expected<std::vector<InputFile>> found = input_files(files, one, said);
    if (!found) {
      return found.error();
    }
    for (InputFile& file : *found) {
      groups.add(std::move(file));
    }
  }
  std::vector<InitInput> inputs = groups.take(said);
  if (inputs.empty()) {
    return Error{ErrorCode::kUsage, said.empty()       ? "there is no log"
                                    : said.size() == 1 ? said.front()
                                                       : "none of these is a log"};
  }
  if (inputs.size() > kMostInputs) {
    said.push_back(std::to_string(inputs.size() - kMostInputs) + " more logs are left out; name those that you need");
    inputs.resize(kMostInputs);
  }
  return inputs;
}

}  // namespace leeway
