// What init proposes for one log: the keys of its source, what its fields are for, and the numbers on which buckets and
// objectives rest. Made from a sample, written by config_text.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/format_choice.h"
#include "agent/init/log_sample.h"
#include "agent/init/message_counters.h"
#include "agent/init/source_trial.h"
#include "agent/init/text_fields.h"
#include "agent/init/text_numbers.h"

namespace leeway {

// What is known without looking at the log's lines.
struct InitAnswers {
  std::string machine_zone{};               // where init runs; "" if unknown
  std::string path_fields{};                // a regular expression for the path; "" if it says nothing
  std::string path_label{};                 // one of its groups, which tells files apart; "" if there is one file
  std::size_t path_values = 0;              // of that
  std::optional<FormatChoice> formats{};    // of a table whose rows are appended
  std::optional<std::string> time_field{};  // an expression
  std::optional<std::string> time_zone{};
  std::optional<std::vector<std::string>> bad_levels{};  // as level() gives them, or else as the field has them
};

// Makes a label of a condition.
inline constexpr const char* kAsText = " ? \"true\" : \"false\"";

struct LogProposal {
  std::string name;  // of the source
  std::string path;  // "-" for standard input
  std::string path_fields{};
  std::string path_label{};
  std::size_t path_values = 0;
  SourceKeys keys{};
  FormatChoice choice{};
  TimeChoice time{};
  bool has_time = false;
  std::string zone{};                      // of times that do not say theirs; "" for UTC
  bool local_times = false;                // they do not say their zone
  std::vector<std::string> other_times{};  // fields that could be the time as well
  std::vector<std::string> bad_levels{};   // of those that the sample has, or may have
  std::string known_level{};               // a condition: level() knows the word; "" if it knows those of the sample
  std::uint64_t joined = 0;                // lines that go on with the record before them
  FieldRoles roles{};
  bool latency_of_requests = false;             // most records with a latency have a status
  bool reads_requests = false;                  // as an access log has them, some of which are malformed
  std::string failed{};                         // a condition: of records that tell a failure; "" if nothing else tells
  std::string unanswered{};                     // a condition: of requests whose status is null or "-"; "" if none is
  std::string route{};                          // an expression; "" if there is none with few values
  std::map<std::string, ValueFacts> results{};  // of the expressions that it names
  std::set<std::string> null_fields{};          // that are null in some records
  std::set<std::string> marked_fields{};        // that are "-" or empty in some
  SourceTrial trial{};
  std::string message{};                           // the field that is a text for people; "" if there is none
  std::map<std::string, TextField> text_fields{};  // that are pairs of that text, by their expressions
  std::vector<TextNumber> numbers{};
  MessageFindings messages{};
  std::vector<std::pair<std::string, std::uint64_t>> probes{};  // paths of health checks, and how often they came
  std::string state{};                 // the keys of a [[state]] that there may be; "" if there is none
  std::vector<std::string> doubts{};   // sentences
  std::vector<std::string> remarks{};  // on what was written, by log_text
  std::string older{};                 // the file that was looked at, if the log itself is not there
};

// Blocks while the sample is read some fifty times.
LogProposal propose_for(const LogSample& sample, const std::string& name, const std::string& path,
                        const InitAnswers& answers = {});

}  // namespace leeway
