#include "collectors/parquet/parquet_file.h"

#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <algorithm>
#include <utility>

#include "collectors/parquet/array_values.h"

namespace leeway {
namespace {

// Compressed bytes of a column in a row group: Arrow gives each batch its own dictionary.
constexpr std::int64_t kSmallDictionary = 16 << 10;

bool is_in_words(const parquet::ColumnChunkMetaData& chunk) {
  const std::vector<parquet::PageEncodingStats>& pages = chunk.encoding_stats();
  const auto is_dictionary_page = [](const parquet::PageEncodingStats& page) {
    return page.page_type == parquet::PageType::DICTIONARY_PAGE;
  };
  return chunk.has_dictionary_page() && chunk.data_page_offset() - chunk.dictionary_page_offset() <= kSmallDictionary &&
         !std::all_of(pages.begin(), pages.end(), is_dictionary_page) &&
         std::all_of(pages.begin(), pages.end(), [&](const parquet::PageEncodingStats& page) {
           return is_dictionary_page(page) || page.encoding == parquet::Encoding::RLE_DICTIONARY ||
                  page.encoding == parquet::Encoding::PLAIN_DICTIONARY;
         });
}

// Whether a text column has few distinct values, each written once in a row group: Arrow then need not copy them row by
// row. Only for columns that are not part of others.
bool is_in_words(const parquet::FileMetaData& file, int leaf) {
  const parquet::ColumnDescriptor& column = *file.schema()->Column(leaf);
  if (column.physical_type() != parquet::Type::BYTE_ARRAY || column.max_repetition_level() > 0 ||
      column.path()->ToDotVector().size() != 1) {
    return false;
  }
  for (int group = 0; group < file.num_row_groups(); ++group) {
    if (!is_in_words(*file.RowGroup(group)->ColumnChunk(leaf))) {
      return false;
    }
  }
  return true;
}

}  // namespace

ParquetRows::ParquetRows(std::shared_ptr<LimitedPool> pool, std::shared_ptr<const ParquetColumns> columns,
                         Batches batches)
    : pool_(std::move(pool)), columns_(std::move(columns)), batches_(std::move(batches)) {
  for (const std::shared_ptr<arrow::RecordBatch>& batch : batches_) {
    count_ += static_cast<std::uint64_t>(batch->num_rows());
  }
}

void ParquetRows::values(std::size_t column, std::uint64_t first, std::uint64_t count, Value* out) const {
  const int place = columns_->places[column];
  if (place < 0) {
    std::fill_n(out, count, Value::missing());
    return;
  }
  std::int64_t skip = static_cast<std::int64_t>(first);
  std::int64_t left = static_cast<std::int64_t>(count);
  for (const std::shared_ptr<arrow::RecordBatch>& batch : batches_) {
    const std::int64_t taken = std::clamp<std::int64_t>(batch->num_rows() - skip, 0, left);
    if (taken > 0) {
      array_values(columns_->wanted[column], *batch->column(place), skip, taken, out);
    }
    skip = std::max<std::int64_t>(skip - batch->num_rows(), 0);
    out += taken;
    left -= taken;
  }
}

ParquetFile::ParquetFile(const ParquetInput& input, std::uint64_t memory)
    : pool_(std::make_shared<LimitedPool>(static_cast<std::int64_t>(memory))),
      input_(std::make_shared<InputFile>(input, *pool_)) {}

arrow::Status ParquetFile::open(const ParquetPath* columns, std::size_t count) {
  parquet::ReaderProperties properties(pool_.get());
  properties.enable_buffered_stream();
  properties.set_buffer_size(kBufferBytes);
  properties.set_page_checksum_verification(true);
  parquet::ArrowReaderProperties arrow_properties(false);
  arrow_properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(input_, properties));
  const std::shared_ptr<parquet::FileMetaData> file = builder.raw_reader()->metadata();
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_simple = columns[i].size == 1 && columns[i].steps[0].name != nullptr;
    const int leaf = file->schema()->ColumnIndex(is_simple ? columns[i].steps[0].name : columns[i].whole);
    arrow_properties.set_read_dictionary(leaf, leaf >= 0 && is_in_words(*file, leaf));
  }
  builder.memory_pool(pool_.get())->properties(arrow_properties);
  ARROW_ASSIGN_OR_RAISE(reader_, builder.Build());
  metadata_ = reader_->parquet_reader()->metadata();
  for (std::size_t i = 0; i < count; ++i) {
    columns_->wanted.push_back(WantedColumn::find(reader_->manifest(), columns[i]));
  }
  choose_columns();
  return arrow::Status::OK();
}

// A batch has the fields of the schema that contain any wanted leaf, in schema order.
void ParquetFile::choose_columns() {
  std::vector<int> roots;
  std::vector<int>& leaves = columns_->leaves;
  for (const WantedColumn& column : columns_->wanted) {
    if (!column.leaves.empty()) {
      roots.push_back(column.root);
      leaves.insert(leaves.end(), column.leaves.begin(), column.leaves.end());
    }
  }
  const auto make_unique_and_sorted = [](std::vector<int>& numbers) {
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  };
  make_unique_and_sorted(roots);
  make_unique_and_sorted(leaves);
  for (const WantedColumn& column : columns_->wanted) {
    const auto at = std::lower_bound(roots.begin(), roots.end(), column.root);
    columns_->places.push_back(column.leaves.empty() ? -1 : static_cast<int>(at - roots.begin()));
  }
}

std::int64_t ParquetFile::group_rows() const { return metadata_->RowGroup(group_)->num_rows(); }

// As many rows as take kBatchBytes, according to the file's metadata of its columns.
std::int64_t ParquetFile::batch_rows() const {
  const std::unique_ptr<parquet::RowGroupMetaData> group = metadata_->RowGroup(group_);
  std::int64_t bytes = 0;
  for (const int leaf : columns_->leaves) {
    bytes += std::max<std::int64_t>(group->ColumnChunk(leaf)->total_uncompressed_size(), 0);
  }
  const std::int64_t a_row = bytes / std::max<std::int64_t>(group->num_rows(), 1) + 1;
  return std::clamp<std::int64_t>(kBatchBytes / a_row, 1, kBatchRows);
}

void ParquetFile::seek(std::uint64_t row) {
  batches_.reset();
  skip_ = static_cast<std::int64_t>(row);
  for (group_ = 0; group_ < metadata_->num_row_groups() && skip_ >= group_rows(); ++group_) {
    skip_ -= group_rows();
  }
}

arrow::Status ParquetFile::open_group() {
  reader_->set_batch_size(batch_rows());
  decoded_ = 0;
  ARROW_ASSIGN_OR_RAISE(batches_, reader_->GetRecordBatchReader({group_}, columns_->leaves));
  return arrow::Status::OK();
}

// The next batch of the group, without the rows before the wanted one; null at its end.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> ParquetFile::next_batch() {
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(batches_->ReadNext(&batch));
    decoded_ += batch == nullptr ? 0 : batch->num_rows();
    if (decoded_ > group_rows() || (batch == nullptr && decoded_ < group_rows())) {
      return arrow::Status::Invalid("row group ", group_, " does not have the ", group_rows(),
                                    " rows that the footer states");
    }
    if (batch == nullptr || skip_ < batch->num_rows()) {
      const std::int64_t skipped = std::exchange(skip_, 0);
      return batch == nullptr || skipped == 0 ? batch : batch->Slice(skipped);
    }
    skip_ -= batch->num_rows();
  }
}

arrow::Result<std::unique_ptr<ParquetRows>> ParquetFile::read() {
  ParquetRows::Batches batches;
  std::int64_t rows = 0;
  const std::int64_t used = pool_->bytes_allocated();
  while (rows < kChunkRows && pool_->bytes_allocated() - used < kChunkBytes) {
    if (batches_ == nullptr) {
      if (group_ >= metadata_->num_row_groups()) {
        break;
      }
      ARROW_RETURN_NOT_OK(open_group());
    }
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::RecordBatch> batch, next_batch());
    if (batch == nullptr) {
      batches_.reset();
      ++group_;
      continue;
    }
    rows += batch->num_rows();
    batches.push_back(std::move(batch));
  }
  if (batches.empty()) {
    return std::unique_ptr<ParquetRows>();
  }
  return std::make_unique<ParquetRows>(pool_, columns_, std::move(batches));
}

}  // namespace leeway
