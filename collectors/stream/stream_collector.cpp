#include "collectors/stream/stream_collector.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace leeway {
namespace {

constexpr std::uint8_t kStateVersion = 2;
// Records that the lines held before may add to those of a block.
constexpr std::size_t kMostOpenRecords = 512;
constexpr std::string_view kTooLong = "too_long";
constexpr std::string_view kBadFrame = "bad_frame";
constexpr std::string_view kOversize = "oversize";
constexpr std::string_view kCutOff = "cut_off";
constexpr std::string_view kConnectionLimit = "connection_limit";
constexpr std::string_view kReceiveBuffer = "receive_buffer";

}  // namespace

StreamCollector::StreamCollector(StreamSettings settings, FileSystem& files, std::unique_ptr<Decoder> decoder,
                                 const Schema& schema)
    : settings_(std::move(settings)),
      files_(files),
      decoder_(std::move(decoder)),
      columns_(schema.size()),
      json_fields_(schema),
      joiner_(settings_.join) {
  for (const std::string_view reason : {kOversize, kBadFrame, kCutOff}) {
    counters_.lost_bytes.emplace(reason, 0);
  }
  if (settings_.address.is_socket()) {
    counters_.dropped.emplace(settings_.address.has_datagrams() ? kReceiveBuffer : kConnectionLimit, 0);
  }
}

Expected<void> StreamCollector::begin_receiving() { return open(); }

Expected<void> StreamCollector::open() {
  Expected<std::unique_ptr<StreamEndpoint>> endpoint = files_.open_stream(settings_.address, settings_.endpoint);
  error_ = endpoint ? "" : endpoint.error().message;
  // A FIFO may be created later, as a file may.
  missing_ = !endpoint && settings_.address.kind == StreamKind::kFifo && endpoint.error().code == ErrorCode::kNotFound;
  if (!endpoint) {
    return missing_ ? Expected<void>() : endpoint.error();
  }
  Expected<std::unique_ptr<StreamReceiver>> receiver =
      StreamReceiver::start(*std::move(endpoint), settings_.receiver, wake_);
  if (!receiver) {
    error_ = receiver.error().message;
    return receiver.error();
  }
  receiver_ = *std::move(receiver);
  seen_ = {};
  const std::uint64_t granted = receiver_->status().receive_buffer;
  if (granted != 0 && granted < settings_.endpoint.receive_buffer) {
    notes_.push_back(settings_.address.to_string() + ": the kernel grants a receive buffer of " +
                     std::to_string(granted) + " bytes instead of " +
                     std::to_string(settings_.endpoint.receive_buffer) + "; net.core.rmem_max limits it");
  }
  return {};
}

// What it has received stays, in blocks_.
void StreamCollector::close() {
  receiver_->stop();
  count_endpoint();
  count_losses();
  receiver_->queue().take(SIZE_MAX, SIZE_MAX, blocks_);
  receiver_.reset();
}

Expected<void> StreamCollector::discover() {
  if (stopping_) {
    return {};
  }
  if (receiver_ == nullptr) {
    return open();
  }
  Expected<void> fine = receiver_->outcome();
  if (fine) {
    fine = receiver_->check_path();
  }
  if (fine) {
    return {};
  }
  close();
  notes_.push_back(settings_.address.to_string() + " is opened anew: " + fine.error().message);
  return open();
}

void StreamCollector::end_receiving() {
  stopping_ = true;
  if (receiver_ != nullptr) {
    close();
  }
}

Expected<PollState> StreamCollector::poll(Budget budget, RecordBatch& out) {
  out.reset(columns_);
  bool more = false;
  if (receiver_ != nullptr) {
    count_endpoint();
    count_losses();
    more = !blocks_.empty();
    if (!more) {
      more = receiver_->queue().take(budget.bytes, kMaxBatchRows - kMostOpenRecords, blocks_);
    }
  }
  if (settings_.join.joins()) {
    join_blocks(out);
    complete_open(out);
  } else {
    decode_blocks(budget, out);
  }
  counters_.records += out.rows();
  json_fields_.fill(0, out, counters_.decode);
  // Not kMore because there was something: with a sender that never pauses, the agent would never be ready.
  return more || !blocks_.empty() || has_due_records() ? PollState::kMore : PollState::kIdle;
}

Expected<PollState> StreamCollector::finish(Budget budget, RecordBatch& out) {
  for (;;) {
    Expected<PollState> polled = poll(budget, out);
    if (!polled || *polled == PollState::kMore || out.rows() > 0) {
      return polled ? PollState::kMore : polled;
    }
    if (receiver_ == nullptr) {
      return PollState::kIdle;
    }
    const bool has_ended =
        receiver_->queue().finished() || (settings_.address.kind == StreamKind::kFifo &&
                                          receiver_->status().connections > 0 && receiver_->status().open == 0);
    if (has_ended) {
      end_receiving();
      continue;
    }
    receiver_->queue().wait();
  }
}

void StreamCollector::count_endpoint() {
  const StreamStatus now = receiver_->status();
  counters_.connections += now.connections - seen_.connections;
  add_counts(counters_.dropped,
             {{std::string(kConnectionLimit), now.refused - seen_.refused},
              {std::string(kReceiveBuffer), static_cast<std::uint32_t>(now.dropped - seen_.dropped)}});
  if (now.ended && !seen_.ended) {
    notes_.push_back(settings_.address.to_string() + " has ended: nothing more is read from it");
  }
  seen_ = now;
}

void StreamCollector::count_losses() {
  const FrameLosses losses = receiver_->queue().take_losses();
  if (!losses.any()) {
    return;
  }
  count_reason(counters_.lost_bytes, kOversize, losses.too_long_bytes);
  count_reason(counters_.lost_bytes, kBadFrame, losses.bad_bytes);
  count_reason(counters_.lost_bytes, kCutOff, losses.cut_off_bytes);
  const auto reject_lines = [this](std::string_view reason, std::uint64_t times) {
    if (times > 0) {
      count_reason(counters_.decode.rejects, reason, times);
    }
  };
  reject_lines(kTooLong, losses.too_long);
  reject_lines(kBadFrame, losses.bad_frames);
}

void StreamCollector::lines_of(const LineBlock& block, const char* text) {
  std::size_t begin = 0;
  for (const std::uint32_t end : block.ends) {
    // Ends are positions in all that was read, as those of lines in a file.
    lines_.push_back({{text + begin, end - begin}, counters_.bytes + end + 1});
    begin = end + 1;
  }
}

// As many blocks as fit, one at least.
void StreamCollector::decode_blocks(Budget budget, RecordBatch& out) {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t size = 0;
  for (const LineBlock& block : blocks_) {
    if (count > 0 && (rows + block.ends.size() > kMaxBatchRows || size + block.text.size() > budget.bytes)) {
      break;
    }
    ++count;
    rows += block.ends.size();
    size += block.text.size();
  }
  char* buffer = size == 0 ? nullptr : out.raw_buffer(size);
  lines_.clear();
  for (; count > 0; --count) {
    const LineBlock& block = blocks_.front();
    if (!block.text.empty()) {
      block.text.copy(buffer, block.text.size());
      lines_of(block, buffer);
      buffer += block.text.size();
      counters_.bytes += block.text.size();
    }
    blocks_.pop_front();
  }
  decode(lines_, out);
}

void StreamCollector::decode(std::span<const Line> lines, RecordBatch& out) {
  examples_.begin(settings_.address.to_string());
  counters_.decode.examples = &examples_;
  if (!lines.empty()) {
    decoder_->decode(lines, out, counters_.decode);
  }
}

void StreamCollector::join_blocks(RecordBatch& out) {
  while (!blocks_.empty() &&
         (out.rows() == 0 || out.rows() + blocks_.front().ends.size() + kMostOpenRecords <= kMaxBatchRows)) {
    const LineBlock block = std::move(blocks_.front());
    blocks_.pop_front();
    counters_.bytes += block.text.size();
    join(block, block.last, out);
    if (block.last) {
      open_.erase(block.channel);
    }
  }
}

// Decodes the records that are complete; the rest waits for more.
void StreamCollector::join(const LineBlock& block, bool complete, RecordBatch& out) {
  Open& open = open_[block.channel];
  open.lines.append(block);
  const std::size_t size = open.lines.text.size();
  char* const buffer = out.allocate(size + kPadding);
  open.lines.text.copy(buffer, size);
  std::memset(buffer + size, ' ', kPadding);
  lines_.clear();
  lines_of(open.lines, buffer);
  const std::size_t waiting = complete ? 0 : joiner_.open_lines(lines_);
  LineBlock rest;
  for (std::size_t i = lines_.size() - waiting; i < lines_.size(); ++i) {
    rest.add(lines_[i].text);
  }
  lines_.resize(lines_.size() - waiting);
  const std::size_t late = joiner_.join(lines_, !open.begun);
  if (late > 0) {
    count_reason(counters_.decode.rejects, "late_continuation", late);
  }
  counters_.joined += joiner_.joined();
  open.begun = open.begun || !lines_.empty();
  open.lines = std::move(rest);
  open.since = now_;
  decode(lines_, out);
}

bool StreamCollector::is_due(const Open& open) const {
  return !open.lines.ends.empty() && (stopping_ || now_ - open.since >= settings_.join.wait);
}

bool StreamCollector::has_due_records() const {
  return std::any_of(open_.begin(), open_.end(), [this](const auto& entry) { return is_due(entry.second); });
}

// Records that nothing followed for a while, and all of them at the end.
void StreamCollector::complete_open(RecordBatch& out) {
  for (auto& [channel, open] : open_) {
    if (is_due(open) && out.rows() + kMostOpenRecords <= kMaxBatchRows) {
      LineBlock nothing;
      nothing.channel = channel;
      join(nothing, true, out);
    }
  }
}

// Everything that the predecessor has received and not given out; also its endpoint, if it is the same.
void StreamCollector::inherit_open_files(Collector& predecessor) {
  auto* const before = dynamic_cast<StreamCollector*>(&predecessor);
  if (before == nullptr) {
    return;
  }
  const ReceiverOptions& now = settings_.receiver;
  const ReceiverOptions& then = before->settings_.receiver;
  const bool same = settings_.address == before->settings_.address && now.framing == then.framing &&
                    now.message_apart == then.message_apart;
  if (before->receiver_ != nullptr && same) {
    receiver_ = std::move(before->receiver_);
    receiver_->configure(now, wake_);
    seen_ = before->seen_;
  } else if (before->receiver_ != nullptr) {
    before->close();
  }
  counters_ = before->counters_;
  counters_.decode.examples = &examples_;
  for (auto& [channel, open] : before->open_) {
    counters_.bytes -= open.lines.text.size();  // they are taken again
    open.lines.channel = channel;
    open_[channel].begun = open.begun;
    blocks_.push_back(std::move(open.lines));
  }
  before->open_.clear();
  std::move(before->blocks_.begin(), before->blocks_.end(), std::back_inserter(blocks_));
  before->blocks_.clear();
}

void StreamCollector::save(StateWriter& out) const {
  out.u8(kStateVersion);
  for (const std::uint64_t value : {counters_.bytes, counters_.records, counters_.connections}) {
    out.u64(value);
  }
  for (const ReasonCounts* counts :
       {&counters_.decode.rejects, &counters_.decode.anomalies, &counters_.lost_bytes, &counters_.dropped}) {
    save_counts(*counts, out);
  }
  out.u64(counters_.decode.ignored);
  out.u64(counters_.joined);
}

Expected<void> StreamCollector::load(StateReader& in) {
  const std::uint8_t version = in.u8();
  if (in.ok() && (version == 0 || version > kStateVersion)) {
    return Error{ErrorCode::kNewerVersion, "state of a stream has version " + std::to_string(version)};
  }
  Counters loaded = counters_;
  for (std::uint64_t* value : {&loaded.bytes, &loaded.records, &loaded.connections}) {
    *value = in.u64();
  }
  for (ReasonCounts* counts : {&loaded.decode.rejects, &loaded.decode.anomalies, &loaded.lost_bytes, &loaded.dropped}) {
    load_counts(*counts, in);
  }
  loaded.decode.ignored = in.u64();
  loaded.joined = version > 1 ? in.u64() : 0;
  if (!in.ok()) {
    return Error{ErrorCode::kCorrupt, "state of a stream ends early or is malformed"};
  }
  counters_ = std::move(loaded);
  return {};
}

std::string StreamCollector::state() const {
  if (receiver_ == nullptr) {
    return missing_ ? "missing" : error_.empty() ? "closed" : "unreadable";
  }
  const StreamStatus now = receiver_->status();
  if (now.ended) {
    return "ended";
  }
  if (settings_.address.is_socket()) {
    return "listening";
  }
  return now.open > 0 ? "open" : "no writer";
}

void StreamCollector::report(SourceStatus& out) const {
  out.bytes = counters_.bytes;
  out.records = counters_.records;
  out.rejects = counters_.decode.rejects;
  out.anomalies = counters_.decode.anomalies;
  out.ignored = counters_.decode.ignored;
  out.joined = counters_.joined;
  out.lost_bytes = counters_.lost_bytes;
  out.reject_examples = examples_.by_reason();
  out.lag_bytes = receiver_ == nullptr ? 0 : receiver_->queue().bytes();
  for (const LineBlock& block : blocks_) {
    out.lag_bytes += block.text.size();
  }
  out.open_files = receiver_ == nullptr ? 0 : 1;
  out.unreadable_files = error_.empty() || missing_ ? 0 : 1;
  const std::string now = state();
  out.stream = StreamInputStatus{now == "listening" || now == "open", counters_.connections,
                                 receiver_ == nullptr ? 0 : receiver_->status().open, counters_.dropped};
  out.files = {{settings_.address.to_string(), counters_.bytes, counters_.bytes + out.lag_bytes, now, error_}};
}

}  // namespace leeway
