#pragma once
#include "agent/core/units.h"  // IWYU pragma: export
