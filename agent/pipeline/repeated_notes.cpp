#include "agent/pipeline/repeated_notes.h"

#include <utility>

namespace leeway {

bool RepeatedNotes::may_write(const std::string& sentence, MonotonicTime now) {
  Subject& subject = subjects_.try_emplace(sentence.substr(0, sentence.find(": ")), Subject{now}).first->second;
  if (now - subject.since >= kInterval) {
    subject.since = now;
    subject.written = 0;
  }
  if (subject.written == kMostInInterval) {
    ++subject.left_out;
    return false;
  }
  ++subject.written;
  return true;
}

void RepeatedNotes::forget_old(MonotonicTime now) {
  std::erase_if(written_,
                [now](const auto& each) { return now - each.second.at >= kInterval && each.second.left_out == 0; });
}

std::optional<std::string> RepeatedNotes::pass(const std::string& sentence, MonotonicTime now) {
  const auto known = written_.find(sentence);
  if (known != written_.end() && now - known->second.at < kInterval) {
    ++known->second.left_out;
    return std::nullopt;
  }
  if (!may_write(sentence, now)) {
    return std::nullopt;
  }
  const std::uint64_t left_out = known == written_.end() ? 0 : known->second.left_out;
  written_[sentence] = {now};
  forget_old(now);
  return left_out == 0 ? sentence : sentence + " (" + std::to_string(left_out) + " times more since the last time)";
}

std::vector<std::string> RepeatedNotes::take_left_out(MonotonicTime now) {
  std::vector<std::string> lines;
  for (auto& [name, subject] : subjects_) {
    if (subject.left_out != 0 && now - subject.since >= kInterval) {
      lines.push_back(name + ": " + std::to_string(std::exchange(subject.left_out, 0)) +
                      " more messages within a minute were left out");
    }
  }
  for (auto& [sentence, written] : written_) {
    if (written.left_out != 0 && now - written.at >= kInterval) {
      lines.push_back(sentence + " (" + std::to_string(std::exchange(written.left_out, 0)) +
                      " times more since the last time)");
      written.at = now;
    }
  }
  forget_old(now);
  return lines;
}

}  // namespace leeway
