#include "collectors/parquet/parquet_reader.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/decode/csv_columns.h"

namespace leeway {
namespace {

// The file ends with the footer's size in four bytes and the magic; the shortest file has both magics and no footer.
constexpr std::string_view kMagic = "PAR1";
constexpr std::string_view kEncryptedMagic = "PARE";
constexpr std::uint64_t kTail = 8;
constexpr std::uint64_t kShortest = 12;

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

// Reads all of `out`; kFailed where that is not possible.
ReadStep read_all(const FileToRead& version, std::uint64_t offset, std::span<char> out) {
  const Expected<std::size_t> read = read_fully(*version.file, offset, out);
  if (!read) {
    return ReadStep::failed(read.error());
  }
  return *read < out.size() ? ReadStep::shortened() : ReadStep::done();
}

}  // namespace

ParquetReader::Path::Path(const FieldPath& path) : whole(path.to_string()) {
  names.reserve(path.steps.size());
  for (const FieldPath::Step& step : path.steps) {
    if (const std::string* const name = std::get_if<std::string>(&step)) {
      names.push_back(*name);
      steps.push_back({names.back().c_str(), 0});
    } else {
      steps.push_back({nullptr, std::get<std::uint32_t>(step)});
    }
  }
}

std::int64_t ParquetReader::Input::read_at(void* context, std::uint64_t offset, void* out, std::uint64_t size) {
  Input& input = *static_cast<Input*>(context);
  if (input.stop.stop_requested()) {
    return -1;
  }
  const std::uint64_t there = input.version.size - std::min(offset, input.version.size);
  const std::size_t wanted = static_cast<std::size_t>(std::min(size, there));
  const Expected<std::size_t> read = read_fully(*input.version.file, offset, {static_cast<char*>(out), wanted});
  if (!read || *read < wanted) {
    input.error = read ? Error{ErrorCode::kIo, ReadStep::shortened().message} : read.error();
    return -1;
  }
  return static_cast<std::int64_t>(*read);
}

ParquetReader::ParquetReader(const ParquetOptions& options, TimestampParser time_parser, LocalZone zone,
                             const Schema& schema)
    : options_(options),
      time_parser_(std::move(time_parser)),
      zone_(std::move(zone)),
      fields_(schema.size()),
      file_(nullptr, Close{options.module}) {
  paths_.reserve(fields_ + 1);
  for (const FieldPath& field : schema.fields()) {
    paths_.emplace_back(field);
  }
  if (options_.time) {
    paths_.emplace_back(*options_.time);
    times_.resize(kMaxBatchRows);
  }
}

ParquetReader::~ParquetReader() { close(); }

void ParquetReader::open(const FileToRead& version) {
  input_ = {version, {}, std::nullopt};
  module_input_ = {&input_, &Input::read_at, version.size};
  hashed_ = 0;
  content_.start();
}

ReadStep ParquetReader::prepare(Budget budget, RecordBatch& scratch) {
  if (task_.started()) {
    return task_.result();
  }
  if (hashed_ == 0) {
    if (ReadStep ends = check_ends(); ends.state != ReadStep::State::kDone) {
      return ends;
    }
  }
  ReadStep piece = input_.version.columns_only ? ReadStep::done() : hash_piece(budget, scratch);
  if (piece.state != ReadStep::State::kDone) {
    return piece;
  }
  task_.start([this](std::stop_token stop) { return open_file(std::move(stop)); });
  return ReadStep::waiting();
}

ReadStep ParquetReader::check_ends() {
  const std::uint64_t size = input_.version.size;
  if (size > options_.limits.bytes) {
    return ReadStep::broken("too_large",
                            "it is larger than the limit of " + std::to_string(options_.limits.bytes) + " bytes");
  }
  if (size == 0) {
    return ReadStep::broken("empty", "there is nothing in it");
  }
  std::array<char, kMagic.size()> head{};
  std::array<char, kTail> tail{};
  const bool fits = size >= kShortest;
  ReadStep step = read_all(input_.version, 0, std::span(head).first(std::min<std::size_t>(size, head.size())));
  if (step.state == ReadStep::State::kDone && fits) {
    step = read_all(input_.version, size - kTail, tail);
  }
  if (step.state != ReadStep::State::kDone) {
    return step;
  }
  const std::string_view first(head.data(), head.size());
  const std::string_view last(tail.data() + kTail - kMagic.size(), kMagic.size());
  if (first == kEncryptedMagic || (fits && last == kEncryptedMagic)) {
    return ReadStep::broken("unsupported", "it is encrypted");
  }
  if (!kMagic.starts_with(first.substr(0, std::min<std::size_t>(size, first.size())))) {
    return ReadStep::broken("syntax", "it is not a Parquet file");
  }
  if (!fits || last != kMagic) {
    return ReadStep::broken("truncated", "it ends too early");
  }
  return step;
}

ReadStep ParquetReader::hash_piece(Budget budget, RecordBatch& scratch) {
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(budget.bytes, input_.version.size - hashed_));
  char* const buffer = scratch.raw_buffer(size);
  ReadStep step = read_all(input_.version, hashed_, {buffer, size});
  if (step.state != ReadStep::State::kDone) {
    return step;
  }
  content_.add(buffer, size);
  hashed_ += size;
  return hashed_ < input_.version.size ? ReadStep::more() : ReadStep::done();
}

ReadStep ParquetReader::read_footer() {
  const std::uint64_t size = input_.version.size;
  std::array<char, kTail> tail{};
  if (ReadStep step = read_all(input_.version, size - kTail, tail); step.state != ReadStep::State::kDone) {
    return step;
  }
  const std::uint64_t footer_size = little_endian({tail.data(), kTail - kMagic.size()});
  if (footer_size > size - kShortest || footer_size > ParquetFooter::kMaxBytes) {
    return ReadStep::broken("footer", "its footer would be " + std::to_string(footer_size) + " bytes");
  }
  std::string bytes(static_cast<std::size_t>(footer_size), '\0');
  if (ReadStep step = read_all(input_.version, size - kTail - footer_size, bytes);
      step.state != ReadStep::State::kDone) {
    return step;
  }
  return read_parquet_footer(bytes, size, options_.limits, footer_);
}

ReadStep ParquetReader::open_file(std::stop_token stop) {
  input_.stop = std::move(stop);
  if (ReadStep step = read_footer(); step.state != ReadStep::State::kDone) {
    return step;
  }
  if (const std::string wrong = repeated_column(footer_.names); !wrong.empty()) {
    return ReadStep::broken("duplicate_column", wrong);
  }
  std::string names;
  for (const std::string& name : footer_.names) {
    names += name + '\0';
  }
  shape_ = XXH3_64bits(names.data(), names.size());
  std::vector<ParquetPath> paths;
  for (const Path& path : paths_) {
    paths.push_back(path.view());
  }
  ParquetFile* file = nullptr;
  ParquetMessage message{};
  const ParquetResult result =
      options_.module->open(&module_input_, paths.data(), paths.size(), options_.limits.memory, &file, &message);
  file_.reset(file);
  return step_of(result, message);
}

ReadStep ParquetReader::step_of(ParquetResult result, const ParquetMessage& message) const {
  switch (result) {
    case ParquetResult::kOk:
    case ParquetResult::kEnd:
      return ReadStep::done();
    case ParquetResult::kUnsupported:
      return ReadStep::broken("unsupported", message.text);
    case ParquetResult::kTooMuchMemory:
      return ReadStep::broken("too_much_memory", message.text);
    case ParquetResult::kInputFailed:
      return ReadStep::failed(input_.error.value_or(Error{ErrorCode::kIo, "reading was stopped"}));
    case ParquetResult::kBroken:
      break;
  }
  return ReadStep::broken("syntax", message.text);
}

ReadStep ParquetReader::begin(std::uint64_t position, RecordBatch& /*scratch*/) {
  next_ = position;
  used_ = 0;
  ended_ = false;
  first_ = position == 0;
  forms_.clear();
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    forms_.push_back(options_.module->form(file_.get(), i));
  }
  options_.module->seek(file_.get(), position);
  start_decoding();
  return ReadStep::done();
}

void ParquetReader::start_decoding() {
  task_.start([this](std::stop_token stop) { return decode(std::move(stop)); });
}

ReadStep ParquetReader::decode(std::stop_token stop) {
  input_.stop = std::move(stop);
  ParquetRows* rows = nullptr;
  ParquetMessage message{};
  const ParquetResult result = options_.module->read(file_.get(), &rows, &message);
  ahead_ = rows == nullptr ? nullptr : Rows(rows, options_.module->release);
  ended_ = result == ParquetResult::kEnd;
  return step_of(result, message);
}

// Takes the decoded rows and starts decoding the next ones; kMore once there are rows to return, kDone at the end.
ReadStep ParquetReader::next_rows() {
  if (rows_ != nullptr && used_ < options_.module->count(rows_.get())) {
    return ReadStep::more();
  }
  rows_.reset();
  if (ended_) {
    return ReadStep::done();
  }
  if (!task_.started()) {
    start_decoding();
  }
  ReadStep step = task_.result();
  if (step.state != ReadStep::State::kDone) {
    return step;
  }
  rows_ = std::move(ahead_);
  used_ = 0;
  if (ended_) {
    return ReadStep::done();
  }
  start_decoding();
  return ReadStep::more();
}

ReadStep ParquetReader::read(Budget budget, RecordBatch& batch, DecodeCounts& counts) {
  ReadStep step = next_rows();
  if (step.state == ReadStep::State::kMore) {
    if (std::exchange(first_, false)) {
      count_unsupported(counts);
    }
    const std::uint64_t before = bytes_before(next_);
    append(budget, batch, counts);
    step.bytes = bytes_before(next_) - before;
  } else if (step.state == ReadStep::State::kDone) {
    step.bytes = input_.version.size - bytes_before(next_);
  }
  return step;
}

// Progress in the file, as if all rows had the same size.
std::uint64_t ParquetReader::bytes_before(std::uint64_t row) const {
  const double share = static_cast<double>(row) / static_cast<double>(std::max<std::uint64_t>(footer_.rows, 1));
  return std::min(static_cast<std::uint64_t>(share * static_cast<double>(input_.version.size)), input_.version.size);
}

void ParquetReader::close() {
  task_.cancel();
  rows_.reset();
  ahead_.reset();
  file_.reset();
  footer_ = {};
  input_ = {};
}

}  // namespace leeway
