#include "agent/cli/init_questions.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <iostream>

#include "agent/init/zone_choice.h"

namespace leeway {
namespace {

constexpr int kMostTries = 3;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Until `accept` says nothing against the answer; then, or after some tries, the default counts.
std::string ask(const std::string& question, const std::string& otherwise,
                const std::function<std::string(const std::string&)>& accept) {
  for (int i = 0; i < kMostTries; ++i) {
    std::printf("%s [%s]: ", question.c_str(), otherwise.c_str());
    std::fflush(stdout);
    std::string answer;
    if (!std::getline(std::cin, answer) || trimmed(answer).empty()) {
      break;
    }
    answer = trimmed(answer);
    const std::string objection = accept(answer);
    if (objection.empty()) {
      return answer;
    }
    std::printf("  %s\n", objection.c_str());
  }
  return otherwise;
}

std::string list_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::vector<std::string> words_in(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + ",") {
    if (c != ',' && c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

std::string ask_one_of(const std::string& question, const std::vector<std::string>& choices) {
  return ask(question + " (" + list_text(choices) + ")", choices.front(), [&](const std::string& answer) {
    const bool known = std::find(choices.begin(), choices.end(), answer) != choices.end();
    return known ? std::string() : "'" + answer + "' is none of them";
  });
}

void ask_for_levels(LogProposal& log, InitAnswers& answers) {
  std::vector<std::string> levels;
  for (const auto& [value, count] : log.results[*log.roles.level].values()) {
    levels.push_back(value);
  }
  const std::string given = ask("Which levels are errors (" + list_text(levels) + ")", list_text(log.bad_levels),
                                [&](const std::string& answer) -> std::string {
                                  for (const std::string& word : words_in(answer)) {
                                    const bool seen = std::find(levels.begin(), levels.end(), word) != levels.end();
                                    const bool proposed = std::find(log.bad_levels.begin(), log.bad_levels.end(),
                                                                    word) != log.bad_levels.end();
                                    if (!seen && !proposed) {
                                      return "'" + word + "' is no level of this log";
                                    }
                                  }
                                  return "";
                                });
  if (words_in(given) != log.bad_levels) {
    answers.bad_levels = words_in(given);
  }
}

}  // namespace

bool can_ask() { return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1; }

std::optional<InitAnswers> ask_about(LogProposal& log, const InitAnswers& known) {
  InitAnswers answers = known;
  if (!log.other_times.empty()) {
    std::vector<std::string> choices = {log.time.field};
    choices.insert(choices.end(), log.other_times.begin(), log.other_times.end());
    const std::string field = ask_one_of("Which field is the time of " + log.name, choices);
    if (field != log.time.field) {
      answers.time_field = field;
    }
  }
  if (log.local_times) {
    const std::string proposed = log.zone.empty() ? "UTC" : log.zone;
    const std::string zone = ask("Which zone are its times in", proposed, [](const std::string& answer) {
      return is_zone(answer) ? std::string() : "'" + answer + "' is no zone, such as Europe/Berlin or UTC";
    });
    if (zone != proposed) {
      answers.time_zone = zone;
    }
  }
  if (log.roles.level) {
    ask_for_levels(log, answers);
  }
  const bool changed = answers.time_field || answers.time_zone || answers.bad_levels;
  return changed ? std::optional(answers) : std::nullopt;
}

std::string ask_where_to_write(const FileSystem& files, bool& replace) {
  const auto accept = [](const std::string& /*answer*/) { return std::string(); };
  for (int i = 0; i < kMostTries; ++i) {
    std::string path = ask("Where is the configuration written, - for here", "leeway.toml", accept);
    if (path == "-") {
      return "";
    }
    if (!files.stat(path)) {
      return path;
    }
    replace = ask_one_of("'" + path + "' exists; replace it", {"no", "yes"}) == "yes";
    if (replace) {
      return path;
    }
  }
  return "";
}

}  // namespace leeway
