// The numbers that a gauge can be, as far as its definition says. Used by alerts, which refuse limits that no value can
// pass.
#pragma once

#include <limits>

#include "agent/core/clock.h"

namespace leeway {

struct ValueRange {
  double least = -std::numeric_limits<double>::infinity();  // no value is below
  double most = std::numeric_limits<double>::infinity();    // no value stays above
  const char* why_least = "";                               // for users
  const char* why_most = "";
  Duration oldest{};  // of a timestamp: how long ago it can be; zero: any time
};

}  // namespace leeway
