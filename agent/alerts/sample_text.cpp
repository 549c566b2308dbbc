#include "agent/alerts/sample_text.h"

#include "agent/core/number_text.h"

namespace leeway {

void SampleText::add(const std::string& run) { text_ += (text_.empty() ? "" : " ") + run; }

SampleText& SampleText::hold(double value, int count) {
  if (count > 0) {
    last_ = reached_ = without_noise(value);
    add(number_text(last_) + "+0x" + std::to_string(count - 1));
  }
  return *this;
}

SampleText& SampleText::ramp(double step, int count) {
  if (count > 0) {
    step = without_noise(step);
    double first = without_noise(last_ + step);
    if (step >= 0 && first < reached_) {
      constexpr double kOneDigit = 1e-9;
      first = without_noise(reached_ * (1 + kOneDigit));
    }
    add(number_text(first) + (step < 0 ? "-" : "+") + number_text(step < 0 ? -step : step) + "x" +
        std::to_string(count - 1));
    last_ = without_noise(first + step * (count - 1));
    reached_ = first;
    for (int i = 1; i < count; ++i) {
      reached_ += step;
    }
  }
  return *this;
}

SampleText& SampleText::stale() {
  add("stale");
  return *this;
}

SampleText& SampleText::gap(int count) {
  if (count > 0) {
    add("_x" + std::to_string(count));
  }
  return *this;
}

}  // namespace leeway
