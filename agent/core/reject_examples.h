// The last lines that did not become records, by reason, so that an operator sees what is wrong with them without
// searching the logs. Filled by decoders, carried in the status of a source, shown by /api/v1/unmatched.
// Bounded: a few examples for each reason, each cut off, and of one read only the first few are copied.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace leeway {

struct RejectExample {
  std::string file;
  std::string text;  // the beginning of the line, valid UTF-8
  bool cut = false;  // the line goes on
};

class RejectExamples {
 public:
  static constexpr std::size_t kPerReason = 5;
  static constexpr std::size_t kLongestText = 256;  // bytes

  using ByReason = std::map<std::string, std::deque<RejectExample>, std::less<>>;  // the latest last

  // The next lines are of this file, and were read together.
  void begin(std::string_view file);
  const std::string& file() const { return file_; }
  // Whether add() keeps another line of that reason: only the first of those that were read together are kept.
  bool wants(std::string_view reason) const;
  // Without effect unless wanted.
  void add(std::string_view reason, std::string_view line);
  // Adds all of `more`, which is empty afterwards.
  void take(RejectExamples& more);
  void clear() { by_reason_.clear(); }

  const ByReason& by_reason() const { return by_reason_; }

 private:
  void keep(std::string_view reason, RejectExample example);

  std::string file_;
  ByReason by_reason_;
  std::map<std::string, std::size_t, std::less<>> added_;  // since begin()
};

}  // namespace leeway
