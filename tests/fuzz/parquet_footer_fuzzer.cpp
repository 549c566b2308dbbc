// Footers of Parquet files: reading must end, stay inside the bytes, and keep its promises for accepted footers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collectors/parquet/parquet_footer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using leeway::ParquetFooter;
  const leeway::ParquetLimits limits;
  ParquetFooter footer;
  const leeway::ReadStep step =
      leeway::read_parquet_footer({reinterpret_cast<const char*>(data), size}, size, limits, footer);
  const bool done = step.state == leeway::ReadStep::State::kDone;
  if (!done && (step.state != leeway::ReadStep::State::kBroken || step.reason.empty())) {
    std::abort();
  }
  const bool within = footer.columns > 0 && footer.columns <= ParquetFooter::kMaxColumns &&
                      footer.names.size() <= ParquetFooter::kMaxElements && footer.rows <= limits.rows &&
                      footer.row_groups <= ParquetFooter::kMaxRowGroups &&
                      footer.row_groups * footer.columns <= ParquetFooter::kMaxChunks + ParquetFooter::kMaxRowGroups;
  if (done && !within) {
    std::abort();
  }
  return 0;
}
