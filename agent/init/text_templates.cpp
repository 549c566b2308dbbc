#include "agent/init/text_templates.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "agent/init/kind_name.h"

namespace leeway {
namespace {

constexpr std::size_t kMostFirstWords = 64;  // for each number of words
constexpr std::size_t kMostGroups = 64;      // of a leaf
constexpr std::size_t kLongestMessage = 2000;
constexpr std::size_t kManyValues = 5;
constexpr int kMergeRounds = 3;

bool same_text(const std::vector<TextWord>& one, const std::vector<TextWord>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const TextWord& a, const TextWord& b) { return a.text == b.text; });
}

std::size_t equal_words(const std::vector<TextWord>& one, const std::vector<TextWord>& other) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    equal += one[i].text == other[i].text ? 1 : 0;
  }
  return equal;
}

void merge_into(std::vector<TextWord>& words, const std::vector<TextWord>& other) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].text != other[i].text) {
      words[i] = merged(words[i], other[i]);
    } else if (words[i].pattern != other[i].pattern && other[i].pattern.size() > words[i].pattern.size()) {
      words[i].pattern = other[i].pattern;
    }
  }
}

// All words but one.
std::string signature_without(const std::vector<TextWord>& words, std::size_t left_out) {
  std::string signature;
  for (std::size_t i = 0; i < words.size(); ++i) {
    signature += (i == left_out ? std::string("\x01") : words[i].text) + " ";
  }
  return signature;
}

std::string text_of(const std::vector<TextWord>& words) {
  std::string text;
  for (const TextWord& word : words) {
    text += (text.empty() ? "" : " ") + word.text;
  }
  return text;
}

// `odd_blanks`: words may have more between them, and around them, than one blank.
std::string pattern_of(const std::vector<TextWord>& words, bool several_lines, bool odd_blanks) {
  std::string pattern = odd_blanks ? "^\\s*" : "^";
  for (std::size_t i = 0; i < words.size(); ++i) {
    pattern += (i == 0 ? "" : odd_blanks ? "\\s+" : " ") + words[i].pattern;
  }
  return pattern + (odd_blanks ? "\\s*" : "") + (several_lines ? "(?:\\n|$)" : "$");
}

bool has_odd_blanks(std::string_view line) {
  return line.starts_with(' ') || line.ends_with(' ') || line.find('\t') != std::string_view::npos ||
         line.find("  ") != std::string_view::npos;
}

// Two words of a language, or one of few words.
bool has_own_words(const std::vector<TextWord>& words) {
  const auto own = std::count_if(words.begin(), words.end(), [](const TextWord& word) {
    const auto letters =
        std::count_if(word.text.begin(), word.text.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
    const bool lower =
        std::any_of(word.text.begin(), word.text.end(), [](unsigned char c) { return std::islower(c) != 0; });
    return letters >= 3 && lower && word.text.find('=') == std::string::npos;
  });
  return own >= 2 || (own == 1 && words.size() <= 4);
}

}  // namespace

void TextTemplates::add(std::string_view message) {
  const std::size_t end = message.find('\n');
  several_lines_ = several_lines_ || end != std::string_view::npos;
  std::string_view line = message.substr(0, end);
  odd_blanks_ = odd_blanks_ || line.ends_with('\r') || has_odd_blanks(line);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  std::vector<TextWord> words = line.size() > kLongestMessage ? std::vector<TextWord>() : words_of(line);
  ++messages_;
  if (words.empty()) {
    return;
  }
  auto& by_first = leaves_[words.size()];
  const auto found = by_first.find(words.front().text);
  if (found != by_first.end()) {
    add_to(found->second, std::move(words));
  } else {
    // What begins with ever new words begins with one that varies.
    const std::string first = by_first.size() < kMostFirstWords ? words.front().text : "*";
    if (first == "*") {
      words.front() = merged(words.front(), words.front());
    }
    add_to(by_first[first], std::move(words));
  }
}

void TextTemplates::add_to(Leaf& leaf, std::vector<TextWord> words) {
  std::vector<Group>& groups = leaf.groups;
  const auto same =
      std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return same_text(g.words, words); });
  if (same != groups.end()) {
    merge_into(same->words, words);
    ++same->count;
    return;
  }
  if (groups.size() >= kMostGroups && !leaf.full) {
    merge(groups);
    leaf.full = groups.size() * 2 > kMostGroups;
  }
  if (groups.size() < kMostGroups) {
    groups.push_back({std::move(words), 1});
    return;
  }
  const auto nearest = std::max_element(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
    return equal_words(a.words, words) < equal_words(b.words, words);
  });
  merge_into(nearest->words, words);
  ++nearest->count;
}

void TextTemplates::merge(std::vector<Group>& leaf) {
  for (int round = 0; round < kMergeRounds; ++round) {
    const std::size_t before = leaf.size();
    for (std::size_t at = 0; !leaf.empty() && at < leaf.front().words.size(); ++at) {
      std::map<std::string, std::vector<std::size_t>> alike;
      for (std::size_t i = 0; i < leaf.size(); ++i) {
        // What went wrong is never merged with what did not.
        const bool trouble = is_trouble(leaf[i].words[at].text);
        alike[signature_without(leaf[i].words, at) + (trouble ? leaf[i].words[at].text : "")].push_back(i);
      }
      std::set<std::size_t> gone;
      for (const auto& [signature, groups] : alike) {
        const bool star =
            std::any_of(groups.begin(), groups.end(), [&](std::size_t i) { return leaf[i].words[at].varies(); });
        if (groups.size() >= 2 && (star || groups.size() >= kManyValues)) {
          for (std::size_t i = 1; i < groups.size(); ++i) {
            merge_into(leaf[groups[0]].words, leaf[groups[i]].words);
            leaf[groups[0]].count += leaf[groups[i]].count;
            gone.insert(groups[i]);
          }
        }
      }
      for (auto i = gone.rbegin(); i != gone.rend(); ++i) {
        leaf.erase(leaf.begin() + static_cast<std::ptrdiff_t>(*i));
      }
    }
    if (leaf.size() == before) {
      break;
    }
  }
}

std::vector<TextTemplate> TextTemplates::most_frequent(std::size_t most) {
  std::vector<TextTemplate> found;
  for (auto& [count, by_first] : leaves_) {
    for (auto& [first, leaf] : by_first) {
      merge(leaf.groups);
      for (const Group& group : leaf.groups) {
        const std::string text = text_of(group.words);
        const bool only_stars =
            std::all_of(group.words.begin(), group.words.end(), [](const TextWord& word) { return word.varies(); });
        if (group.count >= 2 && !only_stars) {
          found.push_back({text, pattern_of(group.words, several_lines_, odd_blanks_), kind_name(group.words),
                           group.count, is_trouble(text), has_own_words(group.words), group.words});
        }
      }
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const TextTemplate& a, const TextTemplate& b) {
    return a.trouble != b.trouble ? a.trouble : a.count > b.count;
  });
  found.resize(std::min(found.size(), most));
  return found;
}

}  // namespace leeway
