#include "collectors/builtin.h"

#include <array>

#include "collectors/tail/log_source.h"

namespace leeway {
namespace {

constexpr std::array kKinds = {
    CollectorKind{"log", build_log_source},
};

}  // namespace

std::span<const CollectorKind> builtin_collectors() { return kKinds; }

}  // namespace leeway
