#include "agent/sketches/cell_index.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"

namespace leeway {
namespace {

TEST(CellIndex, FindsWhatTheReferenceFinds) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    ReferenceCapture capture;
    const std::uint64_t rows = 1 + random.next() % 400;
    const double grain = round % 3 == 0 ? 4 : 0;  // some with ties
    const auto draw = [&] { return grain > 0 ? std::floor(random.normal() * grain) / grain : random.normal(); };
    for (std::uint64_t row = 0; row < rows; ++row) {
      capture.add_number(draw());
    }
    const ColumnReference reference = capture.freeze({});
    const CellIndex index(reference);
    std::vector<double> values{reference.minimum,
                               reference.edges.back(),
                               std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::max(),
                               std::numeric_limits<double>::denorm_min(),
                               0};
    values.insert(values.end(), reference.edges.begin(), reference.edges.end());
    for (std::uint64_t more = random.next() % 50; more > 0; --more) {
      values.push_back(2 * draw());
    }
    std::vector<std::uint32_t> cells(values.size());
    index.find(values, cells.data());
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(cells[i], reference.cell_of(values[i])) << values[i];
    }
  }
}

}  // namespace
}  // namespace leeway
