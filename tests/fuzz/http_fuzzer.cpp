// Passes bytes of a client through the reader and the routes to the answers, without sockets. The first byte determines
// in which pieces they arrive.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exporters/http/basic_auth.h"
#include "exporters/http/request_reader.h"
#include "exporters/http/routes.h"

namespace leeway {
namespace {

constexpr RequestLimits kLimits{1024, 4096};  // small, so that inputs reach them

class EmptySource final : public SnapshotSource {
 public:
  std::shared_ptr<const Snapshot> latest() const override { return snapshot_; }
  void request(std::function<void(std::shared_ptr<const Snapshot>)> done) override { done(snapshot_); }
  void reload(std::function<void(Expected<void>)> done) override { done({}); }

 private:
  std::shared_ptr<const Snapshot> snapshot_ = SnapshotBuilder(TimePoint{}).build();
};

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

// The answer to one request, as a session would send it. Whatever the client wrote, the head must be well-formed.
void answer(const Routes& routes, const std::shared_ptr<const Snapshot>& snapshot, const Request& request) {
  const PageRenderer renderer = [](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", "page\n", ""};
  };
  Decision decision = routes.decide(request);
  if (decision.action == Decision::Action::kScrape) {
    decision.response = metrics_response(renderer, snapshot, request);
  } else if (decision.action == Decision::Action::kReload) {
    decision.response = reload_response({});
  }
  const std::string head = response_head(decision.response, request.keep_alive, TimePoint{});
  require(head.starts_with("HTTP/1.1 ") && head.find("\r\n\r\n") == head.size() - 4);
  const std::optional<Credentials> credentials = parse_basic_authorization(request.authorization);
  require(!credentials || credentials->user.find(':') == std::string::npos);
  require(request.path.find_first_of("\r\n ?") == std::string::npos);
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  if (size == 0) {
    return 0;
  }
  EmptySource source;
  const SystemClock clock;
  const Routes routes(true, source, clock);
  RequestReader reader(kLimits);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = std::size_t{data[0]} + 1;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    RequestReader::State state = reader.feed(bytes.substr(at, piece));
    while (state == RequestReader::State::kComplete) {
      answer(routes, source.latest(), reader.request());
      state = reader.next();
    }
    if (state == RequestReader::State::kRefused) {
      require(reader.refusal().status >= 400 && reader.refusal().close);
      return 0;
    }
  }
  return 0;
}
