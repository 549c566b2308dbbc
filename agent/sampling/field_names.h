// The fields that lines of text seem to have, whatever the configuration reads of them: members of JSON objects, keys
// of pairs. Guesses, for hints where a configured field is in no record; the decoder has to confirm each. Used by
// take_sample.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/schema.h"

namespace leeway {

// Of the first and the last lines of `text`, each path once, at most some hundreds.
std::vector<FieldPath> fields_of_text(std::string_view text);

// The same of a document that holds records: its members, and those of the elements of its lists, as if each were a
// record. None if it is no JSON.
std::vector<FieldPath> fields_of_document(std::string_view text);

// Those of `known` that somebody may have meant by `path`: the same names cut at other dots, the same with other case
// or a few other letters, the same last step elsewhere, or abbreviated. The likeliest first.
std::vector<FieldPath> fields_meant(const FieldPath& path, const std::vector<FieldPath>& known);

// The path as one name, `["a.b"]` for `a.b`.
FieldPath flat_path(const FieldPath& path);

}  // namespace leeway
