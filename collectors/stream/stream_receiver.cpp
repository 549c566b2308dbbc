#include "collectors/stream/stream_receiver.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace leeway {
namespace {

// The writer is woken this long after the first record that it has not seen, so that many are read together.
constexpr Duration kWakeDelay = std::chrono::milliseconds(25);
constexpr Duration kLongestWait = std::chrono::hours(1);

MonotonicTime now() { return SystemClock().monotonic(); }

}  // namespace

Expected<std::unique_ptr<StreamReceiver>> StreamReceiver::start(std::unique_ptr<StreamEndpoint> endpoint,
                                                                const ReceiverOptions& options,
                                                                std::function<void()> wake) {
  std::unique_ptr<StreamReceiver> receiver(new StreamReceiver(std::move(endpoint), options, std::move(wake)));
  try {
    receiver->thread_ = std::jthread([raw = receiver.get()] { raw->run(); });
  } catch (const std::system_error& error) {
    return Error{ErrorCode::kIo, std::string("cannot start a thread to receive: ") + error.what()};
  }
  return receiver;
}

StreamReceiver::StreamReceiver(std::unique_ptr<StreamEndpoint> endpoint, const ReceiverOptions& options,
                               std::function<void()> wake)
    : endpoint_(std::move(endpoint)), queue_(options.buffer), shared_options_(options), wake_(std::move(wake)) {}

StreamReceiver::~StreamReceiver() { stop(); }

void StreamReceiver::configure(const ReceiverOptions& options, std::function<void()> wake) {
  queue_.set_capacity(options.buffer);
  const std::lock_guard lock(mutex_);
  shared_options_ = options;
  wake_ = std::move(wake);
}

ReceiverOptions StreamReceiver::options() const {
  const std::lock_guard lock(mutex_);
  return shared_options_;
}

Expected<void> StreamReceiver::outcome() const {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

void StreamReceiver::stop() {
  queue_.close();
  endpoint_->interrupt();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void StreamReceiver::run() {
  const Expected<void> outcome = receive_all();
  for (auto& [channel, cutter] : cutters_) {
    channel_ = channel;
    cutter.finish(false, *this, losses_);
  }
  hand_over();
  {
    const std::lock_guard lock(mutex_);
    outcome_ = outcome;
  }
  queue_.finish();
  wake_at_ = now();
  wake_if_due();
}

// After stop(), once more, without waiting: what has arrived until then.
Expected<void> StreamReceiver::receive_all() {
  for (bool open = true; open;) {
    options_ = options();
    open = queue_.wait_for_space();
    const Duration until_wake = wake_at_ == MonotonicTime{} ? kLongestWait : wake_at_ - now();
    Expected<void> received = endpoint_->receive(*this, open ? until_wake : Duration::zero());
    hand_over();
    wake_if_due();
    if (!received) {
      return received;
    }
    if (endpoint_->status().ended) {
      return {};
    }
  }
  return {};
}

void StreamReceiver::hand_over() {
  if ((!blocks_.empty() || losses_.any()) && queue_.put(blocks_, losses_) && wake_at_ == MonotonicTime{}) {
    wake_at_ = now() + kWakeDelay;
  }
  if (wake_at_ != MonotonicTime{} && queue_.is_full()) {
    wake_at_ = now();
  }
}

void StreamReceiver::wake_if_due() {
  if (wake_at_ == MonotonicTime{} || now() < wake_at_) {
    return;
  }
  wake_at_ = {};
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    wake = wake_;
  }
  if (wake) {
    wake();
  }
}

void StreamReceiver::bytes(std::uint64_t channel, std::string_view bytes) {
  FrameCutter& cutter = cutters_.try_emplace(channel, options_.framing, options_.max_line).first->second;
  cutter.set_max_line(options_.max_line);
  channel_ = channel;
  held_ -= cutter.held();
  cutter.add(bytes, options_.buffer - std::min(options_.buffer, held_), *this, losses_);
  held_ += cutter.held();
}

void StreamReceiver::end(std::uint64_t channel, bool orderly) {
  channel_ = channel;
  if (const auto found = cutters_.find(channel); found != cutters_.end()) {
    held_ -= found->second.held();
    found->second.finish(orderly, *this, losses_);
    cutters_.erase(found);
  }
  if (blocks_.empty() || blocks_.back().channel != channel) {
    blocks_.push_back({channel, {}, {}, false});
  }
  blocks_.back().last = true;
}

void StreamReceiver::datagram(std::string_view text, std::size_t size) {
  channel_ = options_.message_apart ? ++datagrams_ : 0;
  if (size > text.size()) {
    ++losses_.too_long;
    losses_.too_long_bytes += size;
    return;
  }
  cut_datagram(options_.framing, text, options_.max_line, *this, losses_);
  if (options_.message_apart && !blocks_.empty() && blocks_.back().channel == channel_) {
    blocks_.back().last = true;
  }
}

void StreamReceiver::record(std::string_view text) {
  if (blocks_.empty() || blocks_.back().channel != channel_ || blocks_.back().is_full()) {
    blocks_.push_back({channel_, {}, {}, false});
  }
  blocks_.back().add(text);
}

}  // namespace leeway
