#include "agent/monitors/drift/drift_columns.h"

#include <algorithm>

#include "agent/sketches/drift_profile.h"

namespace leeway {
namespace {

constexpr std::size_t kMostColumns = 1000;

void add_column(Expression expression, const Position& position, TableReader& reader, DriftSettings& settings) {
  const std::string label = expression.text();
  const bool known = std::any_of(settings.columns.begin(), settings.columns.end(),
                                 [&](const DriftColumnSettings& other) { return other.label == label; });
  if (known) {
    reader.diagnostics().error(position, "the column '" + label + "' is named twice");
    return;
  }
  settings.columns.push_back({label, std::move(expression)});
}

// The names of all columns; the texts of expressions, if they are from a profile.
struct AllColumns {
  std::vector<std::string> names{};
  bool are_expressions = false;
};

Expected<AllColumns> columns_of_profile(MonitorContext& context, TableReader& table) {
  const Expected<std::string> text = read_reference_file(context.files, table.string("profile").value_or(""));
  const Expected<DriftProfile> profile = text ? parse_profile(*text) : text.error();
  AllColumns all{{}, true};
  if (profile) {  // otherwise read_reference() says what is wrong
    for (const auto& [label, column] : profile->columns) {
      all.names.push_back(label);
    }
    for (const auto& [label, facts] : profile->not_comparable) {
      all.names.push_back(label);
    }
  }
  return all;
}

Expected<AllColumns> all_columns(MonitorContext& context, DriftReferenceTable* reference) {
  if (reference != nullptr && reference->table.has("profile")) {
    return columns_of_profile(context, reference->table);
  }
  const bool of_file = reference != nullptr && reference->table.has("file");
  const Expected<std::vector<std::string>> names = of_file ? context.file_columns(reference->table, "file")
                                                   : context.source_columns ? context.source_columns()
                                                                            : Error{ErrorCode::kNotFound, "no files"};
  return names ? Expected<AllColumns>(AllColumns{*names, false}) : names.error();
}

// A name that is not there is a mistake; a pattern may be for columns to come.
std::vector<std::string> without_excluded(std::vector<std::string> names, TableReader& reader,
                                          const DriftSettings& settings) {
  for (const std::string& pattern : settings.exclude) {
    const auto removed =
        std::erase_if(names, [&](const std::string& name) { return matches_wildcards(pattern, name); });
    if (removed == 0 && pattern.find_first_of("*?") == std::string::npos) {
      reader.diagnostics().warning(reader.position("exclude"),
                                   reader.what() + ": 'exclude' names '" + pattern +
                                       "', which is not a column; expected a name, or a pattern such as \"*_id\"");
    }
  }
  return names;
}

std::optional<Expression> field_named(const std::string& name, bool is_expression, Schema& schema) {
  Expected<Expression> plain = Expression::compile(is_expression ? name : FieldPath{{name}}.to_string(), schema);
  if (plain && (is_expression || plain->as_field() != nullptr)) {
    return std::move(*plain);
  }
  Expected<Expression> quoted = Expression::compile("[\"" + name + "\"]", schema);  // a word of the language
  return quoted && quoted->as_field() != nullptr ? std::optional(std::move(*quoted)) : std::nullopt;
}

bool is_name(const std::string& text) {
  Schema schema;
  const Expected<Expression> compiled = Expression::compile(text, schema);
  return compiled && compiled->as_field() != nullptr && schema.fields()[*compiled->as_field()] == FieldPath{{text}};
}

// The column of a file that is called like the text, though as an expression the text means something else, or nothing.
std::optional<Expression> column_called(const std::string& text, MonitorContext& context,
                                        DriftReferenceTable* reference) {
  const Expected<AllColumns> all = all_columns(context, reference);
  const bool is_there =
      all && !all->are_expressions && std::find(all->names.begin(), all->names.end(), text) != all->names.end();
  return is_there ? field_named(text, false, context.schema()) : std::nullopt;
}

void read_listed(const ConfigValue& value, MonitorContext& context, DriftReferenceTable* reference,
                 DriftSettings& settings) {
  TableReader& reader = context.reader;
  const ConfigArray* list = value.get_if<ConfigArray>();
  const ConfigArray alone{value};
  for (const ConfigValue& entry : list != nullptr ? *list : alone) {
    const std::string* const text = entry.get_if<std::string>();
    std::optional<Expression> expression =
        text == nullptr || is_name(*text) ? std::nullopt : column_called(*text, context, reference);
    if (!expression) {
      expression = reader.compile(entry, context.schema());
    }
    if (expression) {
      add_column(std::move(*expression), entry.position(), reader, settings);
    } else if (text != nullptr) {
      reader.diagnostics().warning(entry.position(), reader.what() + ": if '" + *text +
                                                         "' is the name of a column, write it in brackets and quotes: "
                                                         "'[\"" +
                                                         *text + "\"]'");
    }
  }
  if (list != nullptr && list->empty()) {
    reader.error("columns", "'columns' has 0 entries; expected 1 to " + std::to_string(kMostColumns));
  }
}

void read_all(MonitorContext& context, DriftReferenceTable* reference, DriftSettings& settings) {
  TableReader& reader = context.reader;
  settings.all_columns = true;
  Expected<AllColumns> all = all_columns(context, reference);
  if (!all && all.error().code == ErrorCode::kConfiguration) {
    reader.error("columns", "'columns' is \"*\", but " + all.error().message + "; name the columns");
    return;
  }
  if (!all) {
    reader.diagnostics().warning(reader.position("columns"),
                                 reader.what() + ": the columns are not known: " + all.error().message +
                                     "; nothing is compared until a file with a header is there");
    return;
  }
  const bool were_some = !all->names.empty();
  for (const std::string& name : without_excluded(std::move(all->names), reader, settings)) {
    std::optional<Expression> field = field_named(name, all->are_expressions, context.schema());
    if (!field) {
      reader.error("columns", "the column '" + name + "' cannot be named in an expression; add it to 'exclude'");
      continue;
    }
    settings.known_names.insert(name);
    add_column(std::move(*field), reader.position("columns"), reader, settings);
  }
  if (were_some && settings.columns.empty()) {
    reader.error("exclude", "'exclude' leaves no column of the file; expected fewer names or narrower patterns");
  }
}

}  // namespace

bool matches_wildcards(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one, which has taken the text up to `taken`
  std::size_t taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

void read_drift_columns(MonitorContext& context, DriftReferenceTable* reference, DriftSettings& settings) {
  TableReader& reader = context.reader;
  settings.exclude = reader.strings("exclude").value_or(std::vector<std::string>{});
  const ConfigValue* value = reader.value("columns", KeyType::kText | KeyType::kTexts);
  if (value == nullptr) {
    reader.missing("columns", "a field, a list of fields or expressions, or \"*\" for all columns of a file");
    return;
  }
  const std::string* const text = value->get_if<std::string>();
  if (text != nullptr && *text == "*") {
    read_all(context, reference, settings);
  } else {
    read_listed(*value, context, reference, settings);
    if (reader.has("exclude")) {
      reader.error("exclude", "'exclude' is for columns = \"*\"; leave the columns out of the list instead");
    }
  }
  if (settings.columns.size() > kMostColumns) {
    reader.error("columns", "'columns' has " + std::to_string(settings.columns.size()) + " entries; expected 1 to " +
                                std::to_string(kMostColumns));
  }
}

}  // namespace leeway
