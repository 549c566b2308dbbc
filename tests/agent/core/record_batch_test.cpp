#include "agent/core/record_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(RecordBatch, RowsAtOnceAreAsRowsOneByOne) {
  RecordBatch batch;
  batch.reset(2);
  batch.append(TimePoint{}, 7);
  batch.cell(0, 0) = Value::of_int(1);
  batch.append_rows(3, 10);
  EXPECT_EQ(batch.rows(), 4U);
  EXPECT_THAT(batch.ends(), ElementsAre(7U, 10U, 11U, 12U));
  EXPECT_THAT(batch.times(), ElementsAre(TimePoint{}, kNoTime, kNoTime, kNoTime));
  EXPECT_EQ(batch.column(0)[0].kind, ValueKind::kInt);
  EXPECT_THAT(batch.column(0).subspan(1), Each(testing::Field(&Value::kind, ValueKind::kMissing)));
  EXPECT_THAT(batch.column(1), Each(testing::Field(&Value::kind, ValueKind::kMissing)));
}

TEST(RecordBatch, WhatWasThereBeforeAResetIsGone) {
  RecordBatch batch;
  batch.reset(1);
  batch.append_rows(kMaxBatchRows, 1);
  EXPECT_TRUE(batch.full());
  batch.cell(0, 0) = Value::of_int(1);
  batch.reset(1);
  EXPECT_EQ(batch.rows(), 0U);
  batch.append_rows(1, 1);
  EXPECT_EQ(batch.column(0)[0].kind, ValueKind::kMissing);
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
