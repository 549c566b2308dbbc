// Labels as the text formats write them, cached from one page to the next. Used by the exposition and by the commands
// that show series to users.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/series_labels.h"

namespace leeway {

// Appends the value of a label as both formats write it between quotes.
void append_label_value(std::string_view value, std::string& out);

// `code="200",method="GET"`, without braces, escaped as both formats require: \\, \", \n. "" for no labels.
std::string label_text(SeriesLabels labels);

// Keeps the texts of exactly the labels on the last page, by their id: a page with the same series in the same order
// reuses all of them, and a series that is gone takes no memory. One thread at a time.
class LabelTextCache {
 public:
  // As label_text(). Valid until the next call of any function.
  std::string_view text(SeriesLabels labels);
  // Forgets what was not used since the last end of a page.
  void end_page();

  std::size_t size() const { return kept_.entries.size(); }

 private:
  struct Entry {
    std::uint64_t id;
    std::size_t begin;  // in Texts::bytes, up to the begin of the next one
  };
  // In the order of a page.
  struct Texts {
    std::size_t begin_of(std::size_t index) const {
      return index < entries.size() ? entries[index].begin : bytes.size();
    }
    std::string_view at(std::size_t index) const {
      return {bytes.data() + begin_of(index), begin_of(index + 1) - begin_of(index)};
    }

    std::vector<Entry> entries;
    std::string bytes;
  };

  void begin_fresh();
  bool find(std::uint64_t id);
  std::string_view add(SeriesLabels labels);

  Texts kept_;            // of the last page
  std::size_t next_ = 0;  // of kept_, where the next labels of the page are expected
  Texts fresh_;           // of this page, if it differs from the last one
  bool differs_ = false;
};

}  // namespace leeway
