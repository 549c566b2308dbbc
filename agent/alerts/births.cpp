#include "agent/alerts/births.h"

#include <algorithm>
#include <iterator>

#include "agent/core/units.h"

namespace leeway {

std::string increase_with_births(const Selector& metric, Duration window, bool external) {
  const std::string name = metric.to_string();
  const std::string range = "[" + format_duration(window) + "]";
  Selector scraped;
  scraped.metric = external ? kUp : kScraped;
  std::copy_if(metric.matchers.begin(), metric.matchers.end(), std::back_inserter(scraped.matchers),
               [](const LabelMatcher& matcher) { return matcher.label == "job"; });
  return "(last_over_time(" + name + range + ")\nunless last_over_time(" + name + range + " offset " +
         format_duration(window) + ")\nand count_over_time(" + name + range + ") < on (job, instance) group_left () " +
         (external ? "sum" : "count") + "_over_time(" + scraped.to_string() + range + "))\nor increase(" + name +
         range + ")";
}

}  // namespace leeway
