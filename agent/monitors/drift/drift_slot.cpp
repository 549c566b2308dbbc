#include "agent/monitors/drift/drift_slot.h"

namespace leeway {
namespace {

void save_rows(const std::vector<double>& rows, StateWriter& out) {
  for (const double number : rows) {
    out.u64(static_cast<std::uint64_t>(number));
  }
}
void load_rows(std::vector<double>& rows, StateReader& in) {
  for (double& number : rows) {
    number = static_cast<double>(in.u64());
  }
}

}  // namespace

void DriftSlot::clear() {
  sums.clear();
  values.clear();
  absent = 0;
}

void DriftSlot::save(StateWriter& out) const {
  save_rows(sums.cells, out);
  for (const double sum : {sums.sum, sums.below_sum, sums.above_sum}) {
    out.f64(sum);
  }
  values.save(out);
  out.u64(sums.fine.counts.size());
  save_rows(sums.fine.counts, out);
  for (const double sum : sums.fine.sums) {
    out.f64(sum);
  }
  out.u64(absent);
}

Expected<void> DriftSlot::load(StateReader& in) {
  load_sums(sums, in);
  if (Expected<void> loaded = values.load(in); !loaded) {
    return loaded;
  }
  FineSums& fine = sums.fine;
  fine.counts.resize(in.count());
  load_rows(fine.counts, in);
  fine.sums.resize(fine.counts.size());
  for (double& sum : fine.sums) {
    sum = in.f64();
  }
  absent = in.u64();
  return {};
}

void load_sums(WindowSums& sums, StateReader& in) {
  load_rows(sums.cells, in);
  for (double* sum : {&sums.sum, &sums.below_sum, &sums.above_sum}) {
    *sum = in.f64();
  }
}

}  // namespace leeway
