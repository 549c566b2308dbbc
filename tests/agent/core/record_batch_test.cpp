#include "agent/core/record_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace leeway {
namespace {

using testing::ElementsAre;

TEST(RecordBatch, RowsAtOnceComeAfterWhatIsThere) {
  RecordBatch batch;
  batch.reset(1);
  batch.append(TimePoint{}, 7);
  batch.cell(0, 0) = Value::of_int(1);
  batch.append_rows(3, 10);
  EXPECT_EQ(batch.rows(), 4U);
  EXPECT_THAT(batch.ends(), ElementsAre(7U, 10U, 11U, 12U));
  EXPECT_THAT(batch.times(), ElementsAre(TimePoint{}, kNoTime, kNoTime, kNoTime));
  EXPECT_EQ(batch.column(0)[0].kind, ValueKind::kInt);
  EXPECT_EQ(batch.column(0).size(), 4U);
}

TEST(RecordBatch, WhatWasThereBeforeAResetIsGone) {
  RecordBatch batch;
  batch.reset(2);
  batch.append_rows(kMaxBatchRows, 1);
  EXPECT_TRUE(batch.full());
  batch.cell(0, 0) = Value::of_int(1);
  batch.cell(1, 0) = Value::of_int(2);
  batch.reset(2);
  EXPECT_EQ(batch.rows(), 0U);
  batch.append(kNoTime, 1);
  EXPECT_EQ(batch.column(0)[0].kind, ValueKind::kMissing);
  EXPECT_EQ(batch.column(1)[0].kind, ValueKind::kMissing);
}

TEST(RecordBatch, ABufferBeginsAPageAndEndsInPadding) {
  constexpr std::uintptr_t kPage = 4096;
  RecordBatch batch;
  for (const std::size_t size : {1UL, 100'000UL, 3'000'000UL}) {
    char* const buffer = batch.raw_buffer(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer) % kPage, 0U);
    std::fill_n(buffer, size + kPadding, 'x');
  }
}

TEST(RecordBatch, KeepsTheRowsThatItIsTold) {
  RecordBatch batch;
  batch.reset(1);
  for (Row row = 0; row < 5; ++row) {
    batch.append(kNoTime, row);
    batch.cell(0, row) = Value::of_int(row);
  }
  batch.retain(std::vector<Row>{1, 4});
  EXPECT_THAT(batch.ends(), ElementsAre(1U, 4U));
  EXPECT_EQ(batch.column(0)[1].integer, 4);
}

}  // namespace
}  // namespace leeway
