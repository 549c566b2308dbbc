// What a sample says about its configuration: mistakes that are valid and silent, such as a field that no record has.
// Each function looks at one subject. Used by `check`.
#pragma once

#include <string>
#include <vector>

#include "agent/sampling/finding.h"
#include "agent/sampling/take_sample.h"

namespace leeway {

// Of files that are absent, compressed, unreadable, or read in the wrong way.
void add_path_findings(const DataSample& sample, std::vector<Finding>& out);
// Of files that are read as a whole, though lines are appended to them.
void add_growth_findings(const DataSample& sample, std::vector<Finding>& out);
// Of lines that did not become records, and of the times of records.
void add_record_findings(const DataSample& sample, std::vector<Finding>& out);
// Of what the text of files shows before it is read as the source says: cells that are divided by something else, lines
// that belong to the one before.
void add_text_findings(const DataSample& sample, std::vector<Finding>& out);
// Of lines that were added to the record of a line before, though they seem to be records.
void add_join_findings(const DataSample& sample, std::vector<Finding>& out);
// Of expressions: fields that no record has, comparisons that are never true, selections that took nothing.
void add_expression_findings(const DataSample& sample, std::vector<Finding>& out);
// Of labels with many values.
void add_label_findings(const DataSample& sample, std::vector<Finding>& out);
// How many series the labels of each entry make in the sample, and in a day, one line each.
std::vector<std::string> label_lines(const DataSample& sample, const SampledSource& sampled);
// Of alerts and panels that select values of labels that no series has.
void add_selector_findings(const DataSample& sample, std::vector<Finding>& out);
// Of settings of monitors that do not fit the data.
void add_setting_findings(const DataSample& sample, std::vector<Finding>& out);

// Of buckets and objectives that the values of the sample are far from.
void add_quantity_findings(const DataSample& sample, std::vector<Finding>& out);

// The last of the lines that did not become records for this reason, a few.
std::vector<LineExample> rejected_lines(const SampledSource& sampled, std::string_view reason);

// All of them, errors first, then warnings, then notes; in the order of the configuration among equals.
std::vector<Finding> findings_of(const DataSample& sample);
void sort_by_weight(std::vector<Finding>& findings);

}  // namespace leeway
