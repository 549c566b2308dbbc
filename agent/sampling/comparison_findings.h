// Comparisons of fields with constants that the values of a sample never decide: of another type, or of a text that no
// record has. Used by the findings about expressions.
#pragma once

#include <string>
#include <vector>

#include "agent/expressions/expression_outline.h"
#include "agent/sampling/source_sample.h"

namespace leeway {

// A sentence for each comparison whose types never match. `mismatches`: how many there were in the sample.
std::vector<std::string> comparisons_that_do_not_fit(const ExpressionPart& outline, const SourceSample& sample,
                                                     std::uint64_t mismatches);

struct OtherText {
  std::string hint{};      // "; `level` is never \"eror\", but \"error\" in 3 records", or ""
  bool only_case = false;  // it differs in nothing but upper and lower case
  bool sure = false;       // all texts of the field are known, so the comparison is never true
};

// A text that an expression looks for, that was not seen, and that was meant otherwise.
OtherText text_meant(const ExpressionPart& outline, const SourceSample& sample);

// Whether it has texts, all of which are durations such as "1.29ms", and no numbers.
bool are_durations(const SampledValues& values);
// "; expected `double(duration(took))`, in seconds", where the expression has double() of a field whose texts are
// durations; else "".
std::string conversion_meant(const ExpressionPart& outline, const SourceSample& sample);
// "`level == \"error\"`", where the expression compares `level`, which has that text, with a field `error`, which no
// record has; else "".
std::string text_for_field(const ExpressionPart& outline, const FieldPath& absent, const SourceSample& sample);

}  // namespace leeway
