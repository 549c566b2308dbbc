#include "agent/init/table_text.h"

#include <algorithm>
#include <vector>

namespace leeway {
namespace {

void add_list(std::string& text, const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) {
    list += (list.empty() ? "" : ", ") + toml_text(item);
  }
  text += "[" + list + "]";
}

// "/data/events.reference.csv"
std::string reference_path(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return path.substr(0, dot) + ".reference" + path.substr(dot);
}

}  // namespace

std::string table_text(const TableProposal& table) {
  std::string text = "# " + std::to_string(table.rows) + (table.whole ? " rows." : " rows were looked at.") + "\n";
  for (const std::string& doubt : table.doubts) {
    text += "# To check: " + doubt + ".\n";
  }
  text += "[[source]]\nname = \"" + table.name + "\"\ntype = \"file\"\npath = " + toml_text(table.path) + "\n" +
          to_toml(table.keys);
  if (table.rows == 0) {
    return text;
  }
  text +=
      "\n# Half of today's rows, and no nulls where there are none today: set what its readers "
      "need.\n[[quality]]\nname = \"" +
      table.name + "\"\nsource = \"" + table.name +
      "\"\n\n[[quality.check]]\nrows = { min = " + std::to_string(std::max<std::uint64_t>(1, table.rows / 2)) + " }\n";
  if (!table.never_null.empty()) {
    text += "\n[[quality.check]]\nnull_ratio = { columns = ";
    add_list(text, table.never_null);
    text += ", max = 0.01 }\n";
  }
  std::vector<std::string> numbers;
  for (const TableColumn& column : table.columns) {
    if (column.numbers && column.least < column.greatest) {
      numbers.push_back(column.text);
    }
  }
  if (!numbers.empty()) {
    text +=
        "\n# Whether these columns move from a reference, a copy of a good version of the file:\n# [[drift]]\n# name = "
        "\"" +
        table.name + "\"\n# source = \"" + table.name + "\"\n# columns = ";
    add_list(text, numbers);
    text += "\n# reference = { file = " + toml_text(reference_path(table.path)) + " }\n# window = { rows = 500 }\n";
  }
  return text;
}

}  // namespace leeway
