#include "agent/sketches/reference_capture.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "agent/sketches/random.h"
#include "agent/sketches/reference_cells.h"

namespace leeway {
namespace {

TEST(ReferenceCapture, GoesOnAfterARestart) {
  ReferenceCapture all, first;
  Random random(4);
  for (int i = 0; i < 40'000; ++i) {
    const double value = random.normal();
    all.add_number(value);
    all.add_category("c" + std::to_string(i % 70));
    all.add_missing();
    if (i < 20'000) {
      first.add_number(value);
      first.add_category("c" + std::to_string(i % 70));
      first.add_missing();
    }
  }
  StateWriter out;
  first.save(out);
  ReferenceCapture second;
  StateReader in(out.bytes(), ReferenceCapture::kDistancesVersion);
  ASSERT_TRUE(second.load(in));
  Random again(4);
  for (int i = 0; i < 40'000; ++i) {
    const double value = again.normal();
    if (i >= 20'000) {
      second.add_number(value);
      second.add_category("c" + std::to_string(i % 70));
      second.add_missing();
    }
  }
  EXPECT_EQ(second.freeze({}).id(), all.freeze({}).id());
}

TEST(ReferenceCapture, RareCategoriesShareABin) {
  ReferenceCapture capture;
  for (int i = 0; i < 100; ++i) {
    capture.add_category("often");
  }
  for (int i = 0; i < 20; ++i) {
    capture.add_category("sometimes");
  }
  capture.add_category("once");
  capture.add_missing();
  const ColumnReference reference = capture.freeze({});
  EXPECT_EQ(reference.bin_names, (std::vector<std::string>{"missing", "often", "sometimes", "other"}));
  EXPECT_EQ(reference.counts, (std::vector<double>{1, 100, 20, 1, 0}));
  EXPECT_EQ(reference.singletons, 1U);
}

// Another class of texts has another cell; of the categories seen once as many rows are expected to be unseen.
TEST(ReferenceCapture, ManyRareCategoriesShareSeveralBins) {
  ReferenceCapture capture;
  for (int i = 0; i < 100; ++i) {
    capture.add_category("a");
    capture.add_category("once" + std::to_string(i));
    capture.add_category("twice" + std::to_string(i / 2));
  }
  const ColumnReference reference = capture.freeze({});
  EXPECT_EQ(reference.groups, 10U);
  ASSERT_EQ(reference.bin_count(), 22U);
  EXPECT_EQ(reference.bin_names[2], "other 1");
  EXPECT_EQ(reference.bin_names[21], "unseen 10");
  EXPECT_EQ(reference.singletons, 100U);
  EXPECT_EQ(reference.doubletons, 50U);
  EXPECT_EQ(std::accumulate(reference.counts.begin() + 2, reference.counts.begin() + 12, 0.0), 100);
  EXPECT_EQ(std::accumulate(reference.counts.begin() + 12, reference.counts.end(), 0.0), 100);
  StateWriter out;
  reference.save(out);
  StateReader in(out.bytes());
  const Expected<ColumnReference> loaded = ColumnReference::load(in);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->id(), reference.id());
  EXPECT_EQ(loaded->doubletons, 50U);
}

// Also after a restart during the capture.
TEST(ReferenceCapture, CountsTextsBeyondItsLimitByTheirClass) {
  ReferenceCapture capture;
  for (int i = 0; i < 20'000; ++i) {
    capture.add_category("u" + std::to_string(i));
  }
  for (int i = 0; i < 5000; ++i) {
    capture.add_category("late");
  }
  StateWriter out;
  capture.save(out);
  StateReader in(out.bytes(), ReferenceCapture::kDistancesVersion);
  ReferenceCapture loaded;
  ASSERT_TRUE(loaded.load(in));
  const ColumnReference reference = loaded.freeze({});
  EXPECT_EQ(reference.bin_names[1], "other 1");
  EXPECT_EQ(reference.bin_count(), 11U);
  EXPECT_NEAR(reference.counts[reference.unseen_cell(class_of_text("late")) - reference.groups], 7000, 200);
}

TEST(ReferenceCapture, NamesEachBinOnce) {
  ReferenceCapture capture;
  for (int i = 0; i < 10; ++i) {
    for (const char* const text : {"missing", "other", "other (2)", "a"}) {
      capture.add_category(text);
    }
  }
  EXPECT_EQ(capture.freeze({}).bin_names,
            (std::vector<std::string>{"missing", "a", "missing (2)", "other (3)", "other (2)", "other"}));
}

}  // namespace
}  // namespace leeway
