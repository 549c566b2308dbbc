#include "collectors/builtin.h"

#include <array>

#include "collectors/files/file_source.h"
#include "collectors/stream/stream_source.h"
#include "collectors/tail/log_source.h"

namespace leeway {
namespace {

constexpr std::array kKinds = {
    CollectorKind{"file", build_file_source, true}, CollectorKind{"log", build_log_source},
    CollectorKind{"stdin", build_stdin_source},     CollectorKind{"fifo", build_fifo_source},
    CollectorKind{"socket", build_socket_source},
};

}  // namespace

std::span<const CollectorKind> builtin_collectors() { return kKinds; }

}  // namespace leeway
