#include "agent/monitors/shared/buckets.h"

#include <cmath>

namespace leeway {
namespace {

constexpr std::size_t kMostBuckets = 200;

}  // namespace

std::vector<double> read_buckets(TableReader& reader, std::span<const double> defaults) {
  std::vector<double> buckets =
      reader.numbers("buckets").value_or(std::vector<double>(defaults.begin(), defaults.end()));
  if (buckets.empty() || buckets.size() > kMostBuckets) {
    reader.error("buckets", "'buckets' has " + std::to_string(buckets.size()) + " bounds; expected 1 to " +
                                std::to_string(kMostBuckets));
  }
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (!std::isfinite(buckets[i])) {
      reader.error("buckets", "a bound of 'buckets' is not finite; expected numbers (+Inf is always added)");
    } else if (i > 0 && !(buckets[i - 1] < buckets[i])) {
      reader.error("buckets",
                   "'buckets' must ascend: bound " + std::to_string(i + 1) + " is not greater than the one before it");
    }
  }
  return buckets;
}

}  // namespace leeway
