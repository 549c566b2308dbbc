// What messages of free text have in common: templates, as a logger's source code has them, without what varies from
// line to line. Used by init, which proposes counters of the most frequent ones.
//
// A tree of fixed depth, as Drain's (He et al., 2017), holds groups of messages: by the number of words, by the first
// word, then a bounded list. Groups are first exactly what words_of() makes of a message; those that differ in one word
// are merged afterwards, if that word has many values. Memory is bounded whatever the messages are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/init/text_words.h"

namespace leeway {

struct TextTemplate {
  std::string text;     // "request * took *"
  std::string pattern;  // a regular expression for the whole message: "^request \\S+ took \\S+$"
  std::string name;     // kind_name() of its words: "request"
  std::uint64_t count;  // of the messages that were added
  bool trouble;         // it tells of something that went wrong
  bool tells;           // it has words of its own, and not only what varies
  std::vector<TextWord> words{};
};

class TextTemplates {
 public:
  // Only the first line of a message counts.
  void add(std::string_view message);
  std::uint64_t messages() const { return messages_; }
  bool has_several_lines() const { return several_lines_; }
  // Of messages that the patterns have to match and that were not added.
  void expect_several_lines() { several_lines_ = true; }
  // The most frequent ones, those that tell of trouble first; at most `most`, each of at least two messages.
  std::vector<TextTemplate> most_frequent(std::size_t most);

 private:
  struct Group {
    std::vector<TextWord> words;
    std::uint64_t count = 0;
  };
  struct Leaf {
    std::vector<Group> groups;
    bool full = false;  // of groups that cannot be merged
  };

  void add_to(Leaf& leaf, std::vector<TextWord> words);
  static void merge(std::vector<Group>& groups);

  std::map<std::size_t, std::map<std::string, Leaf, std::less<>>> leaves_;
  std::uint64_t messages_ = 0;
  bool several_lines_ = false;
  bool odd_blanks_ = false;
};

}  // namespace leeway
