// Values of the input series of a rule test, in promtool's notation. Used by code that declares alerts.
#pragma once

#include <string>

namespace leeway {

// Appends runs of samples one after the other: SampleText().hold(0, 30).ramp(5, 20).text() is "0+0x29 5+5x19".
class SampleText {
 public:
  // `count` samples of one value.
  SampleText& hold(double value, int count);
  // `count` samples, each `step` above the previous one; the first is `step` above the last sample so far (or above 0).
  SampleText& ramp(double step, int count);
  // The series ends: Prometheus treats it as stale immediately.
  SampleText& stale();
  // `count` missing samples.
  SampleText& gap(int count);

  const std::string& text() const { return text_; }
  double last() const { return last_; }

 private:
  void add(const std::string& run);

  std::string text_;
  double last_ = 0;
  double reached_ = 0;  // where promtool's additions end; a sample below it would be a reset of the counter
};

}  // namespace leeway
