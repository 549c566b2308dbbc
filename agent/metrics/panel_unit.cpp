#include "agent/metrics/panel_unit.h"

namespace leeway {

PanelUnit panel_unit(Unit unit) {
  switch (unit) {
    case Unit::kSeconds:
      return PanelUnit::kSeconds;
    case Unit::kBytes:
      return PanelUnit::kBytes;
    case Unit::kRatio:
      return PanelUnit::kRatio;
    case Unit::kTimestamp:
      return PanelUnit::kTimestamp;
    case Unit::kDollars:
      return PanelUnit::kDollars;
    case Unit::kEuros:
      return PanelUnit::kEuros;
    case Unit::kPounds:
      return PanelUnit::kPounds;
    case Unit::kNone:
      return PanelUnit::kNone;
  }
  return PanelUnit::kNone;
}

}  // namespace leeway
