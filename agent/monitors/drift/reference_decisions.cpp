#include "agent/monitors/drift/reference_decisions.h"

#include <nlohmann/json.hpp>

#include "agent/core/whole_file.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

std::string directory_of(const std::string& state_dir) { return state_dir + "/baselines"; }

// The name with all bytes except letters, digits, _ and - written as %XX.
std::string file_name(const std::string& name) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string file;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    file += plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return file;
}

std::string path_of(const std::string& state_dir, const ReferenceKey& key, const char* suffix) {
  return directory_of(state_dir) + "/" + file_name(key.monitor) +
         (key.source.empty() ? "" : "@" + file_name(key.source)) + suffix;
}

Json to_json_line(const ReferenceDecision& decision) {
  Json json;
  json["generation"] = decision.generation;
  json["time"] = decision.time;
  json["action"] = decision.action;
  json["reason"] = decision.reason;
  json["forced"] = decision.forced;
  json["replaced"] = decision.replaced;
  json["profile_id"] = decision.profile ? decision.profile->id() : "";
  return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

Expected<std::string> read_reference_file(FileSystem& files, const std::string& path) {
  constexpr std::uint64_t kLargestFile = 256 << 20;
  Expected<std::string> text = read_whole_file(files, path, kLargestFile);
  if (!text) {
    // kLimit has the exit code of a drifted column.
    const ErrorCode code = text.error().code == ErrorCode::kLimit ? ErrorCode::kIo : text.error().code;
    return Error{code, path + ": " + text.error().message};
  }
  return text;
}

Expected<ReferenceDecision> read_reference_decision(FileSystem& files, const std::string& state_dir,
                                                    const ReferenceKey& key) {
  const std::string path = path_of(state_dir, key, ".json");
  ReferenceDecision decision;
  if (state_dir.empty() || !files.stat(path)) {
    return decision;
  }
  const Expected<std::string> text = read_reference_file(files, path);
  if (!text) {
    return text.error();
  }
  try {
    const Json json = Json::parse(*text);
    json.at("generation").get_to(decision.generation);
    json.at("time").get_to(decision.time);
    json.at("action").get_to(decision.action);
    json.at("reason").get_to(decision.reason);
    json.at("forced").get_to(decision.forced);
    json.at("replaced").get_to(decision.replaced);
    if (const std::string profile = json.at("profile").get<std::string>(); !profile.empty()) {
      Expected<DriftProfile> parsed = parse_profile(profile);
      if (!parsed) {
        return Error{ErrorCode::kCorrupt, path + ": " + parsed.error().message};
      }
      decision.profile = std::move(*parsed);
    }
  } catch (const Json::exception& error) {
    return Error{ErrorCode::kCorrupt, path + ": " + error.what()};
  }
  return decision;
}

Expected<ReferenceDecision> write_reference_decision(FileSystem& files, const std::string& state_dir,
                                                     const ReferenceKey& key, ReferenceDecision decision) {
  const Expected<ReferenceDecision> last = read_reference_decision(files, state_dir, key);
  if (!last) {
    return last.error();
  }
  decision.generation = last->generation + 1;
  if (Expected<void> made = files.make_directory(directory_of(state_dir)); !made) {
    return made.error();
  }
  const std::string history_path = path_of(state_dir, key, ".history.jsonl");
  std::string history;
  if (files.stat(history_path)) {
    const Expected<std::string> before = read_reference_file(files, history_path);
    if (!before) {
      return before.error();
    }
    history = *before;
  }
  const Json line = to_json_line(decision);
  if (Expected<void> kept = write_whole_file(files, history_path, history + dump(line)); !kept) {
    return kept.error();
  }
  Json whole = line;
  whole["profile"] = decision.profile ? to_json(*decision.profile) : "";
  if (Expected<void> kept = write_whole_file(files, path_of(state_dir, key, ".json"), dump(whole)); !kept) {
    return kept.error();
  }
  if (Expected<void> synced = files.sync_directory(directory_of(state_dir)); !synced) {
    return synced.error();
  }
  return decision;
}

Expected<std::string> read_reference_history(FileSystem& files, const std::string& state_dir, const ReferenceKey& key) {
  const std::string path = path_of(state_dir, key, ".history.jsonl");
  return files.stat(path) ? read_reference_file(files, path) : Expected<std::string>(std::string{});
}

}  // namespace leeway
