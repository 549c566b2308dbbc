#include "agent/monitors/drift/reference_part.h"

#include "agent/monitors/drift/drift_column.h"
#include "agent/sketches/window_capture.h"

namespace leeway {
namespace {

Expected<ColumnReference> read_reference(StateReader& in) {
  Expected<ColumnReference> reference = ColumnReference::load(in);
  if (reference && in.version() >= DriftColumn::kFactsVersion) {
    reference->facts = ColumnFacts::load(in);
  }
  if (reference && in.version() >= ReferenceCapture::kDividedVersion) {
    Expected<std::vector<ReferenceWindow>> windows = load_windows(in, *reference);
    if (!windows) {
      return windows.error();
    }
    reference->windows = std::move(*windows);
  }
  return reference;
}

}  // namespace

StatePart reference_part(std::shared_ptr<const ColumnReference> reference) {
  return StatePart([reference = std::move(reference)]() -> Expected<std::string> {
    StateWriter out;
    reference->save(out);
    reference->facts.save(out);
    save_windows(reference->windows, out);
    return out.take();
  });
}

Expected<ColumnReference> load_reference(StateReader& in) {
  if (in.version() < kPartsVersion) {
    return read_reference(in);
  }
  const Expected<std::string> bytes = in.part();
  if (!bytes) {
    return bytes.error();
  }
  StateReader part(*bytes, in.version());
  Expected<ColumnReference> reference = read_reference(part);
  const Expected<void> whole = part.expect_end();
  return !reference || whole ? std::move(reference) : Expected<ColumnReference>(whole.error());
}

}  // namespace leeway
