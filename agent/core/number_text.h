// Numbers as decimal text, in generated rules, messages and documents. Pure functions.
#pragma once

#include <string>

namespace leeway {

// The shortest decimal text that reads back as the number: 0.001, 14.4, 1e-09.
std::string number_text(double value);
// Without the noise of binary arithmetic: rounded to 10 significant digits.
double without_noise(double value);

}  // namespace leeway
