#include "agent/cli/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>
#include <vector>

namespace leeway {
namespace {

struct Flag {
  std::string name;  // with its dashes
  std::string description;
  bool takes_value = false;
  std::string values;  // those it accepts, separated by blanks; empty: any text, which may be a file
};

// A command, or a subcommand of one.
struct Command {
  std::string path;  // as typed: "leeway reference show"
  std::string description;
  std::vector<std::string> subcommands;  // paths
  std::vector<Flag> flags;
  std::string arguments;  // the words that it accepts without a flag, separated by blanks
};

// CLI11 describes a choice as "TEXT:{a,b}".
std::string choices(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) {
    return "";
  }
  std::string values = type.substr(open + 1, close - open - 1);
  std::replace(values.begin(), values.end(), ',', ' ');
  return values;
}

// The commands of `app`, each before its subcommands.
void add_commands(const CLI::App& app, const std::string& path, std::vector<Command>& out) {
  Command command{path, app.get_description(), {}, {}, ""};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      command.arguments = choices(*option);
    }
    for (const std::string& name : option->get_lnames()) {
      command.flags.push_back(
          {"--" + name, option->get_description(), option->get_items_expected_max() > 0, choices(*option)});
    }
  }
  std::vector<std::pair<std::string, const CLI::App*>> subcommands;  // by name, once more by each alias
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    subcommands.emplace_back(path + " " + subcommand->get_name(), subcommand);
    for (const std::string& alias : subcommand->get_aliases()) {
      subcommands.emplace_back(path + " " + alias, subcommand);
    }
  }
  for (const auto& [name, subcommand] : subcommands) {
    command.subcommands.push_back(name);
  }
  out.push_back(std::move(command));
  for (const auto& [name, subcommand] : subcommands) {
    add_commands(*subcommand, name, out);
  }
}

std::string last_word(const std::string& path) { return path.substr(path.rfind(' ') + 1); }

// Inside single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

// The patterns of a shell's `case` that follow a path into its subcommands: "leeway run"|"leeway check".
std::string subcommand_patterns(const std::vector<Command>& commands) {
  std::string patterns;
  for (const Command& command : commands) {
    for (const std::string& subcommand : command.subcommands) {
      patterns += (patterns.empty() ? "\"" : "|\"") + subcommand + "\"";
    }
  }
  return patterns;
}

std::string words(const Command& command) {
  std::string out;
  for (const std::string& subcommand : command.subcommands) {
    out += last_word(subcommand) + " ";
  }
  for (const Flag& flag : command.flags) {
    out += flag.name + " ";
  }
  return out + command.arguments;
}

std::string bash(const std::vector<Command>& commands) {
  std::string out = R"(# Completion of leeway for bash.
_leeway() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=leeway at
  if [[ $word == = ]]; then
    word=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$command ${COMP_WORDS[at]}" in
    )" + subcommand_patterns(commands) +
                    R"() command="$command ${COMP_WORDS[at]}" ;;
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
)";
  for (const Command& command : commands) {
    for (const Flag& flag : command.flags) {
      if (flag.takes_value) {
        const std::string reply =
            flag.values.empty() ? "" : "COMPREPLY=($(compgen -W '" + flag.values + "' -- \"$word\")); ";
        out += "    \"" + command.path + " " + flag.name + "\") " + reply + "return ;;\n";
      }
    }
  }
  out += "  esac\n  case \"$command\" in\n";
  for (const Command& command : commands) {
    out += "    \"" + command.path + "\") COMPREPLY=($(compgen -W '" + words(command) + "' -- \"$word\")) ;;\n";
  }
  return out + "  esac\n}\ncomplete -o default -F _leeway leeway\n";
}

// _describe separates a word from its description by a colon.
std::string zsh_item(const std::string& word, const std::string& description) {
  return " " + quoted(word + ":" + description);
}

std::string zsh(const std::vector<Command>& commands) {
  std::string out = R"(#compdef leeway
# Completion of leeway for zsh.
_leeway() {
  local command=leeway at
  local -a items
  for ((at = 2; at < CURRENT; at++)); do
    case "$command ${words[at]}" in
    ()" + subcommand_patterns(commands) +
                    R"() command="$command ${words[at]}" ;;
    esac
  done
  case "$command ${words[CURRENT-1]}" in
)";
  for (const Command& command : commands) {
    for (const Flag& flag : command.flags) {
      if (flag.takes_value) {
        out += "    (\"" + command.path + " " + flag.name + "\") " +
               (flag.values.empty() ? "_files" : "compadd -- " + flag.values) + "; return ;;\n";
      }
    }
  }
  out += "  esac\n  case \"$command\" in\n";
  for (const Command& command : commands) {
    out += "    (\"" + command.path + "\") items=(";
    for (const std::string& subcommand : command.subcommands) {
      const auto named = std::find_if(commands.begin(), commands.end(),
                                      [&subcommand](const Command& other) { return other.path == subcommand; });
      out += zsh_item(last_word(subcommand), named->description);
    }
    for (const Flag& flag : command.flags) {
      out += zsh_item(flag.name, flag.description);
    }
    out += " " + command.arguments + " ) ;;\n";
  }
  out += R"(  esac
  _describe leeway items || _files
}
if [ "$funcstack[1]" = "_leeway" ]; then
  _leeway "$@"
else
  compdef _leeway leeway
fi
)";
  return out;
}

// Whether the words typed so far have led to `command`, and to none of its subcommands.
std::string fish_condition(const Command& command) {
  std::string condition;
  std::string path = command.path;
  for (std::size_t space = path.find(' '); space != std::string::npos; space = path.find(' ')) {
    path = path.substr(space + 1);
    condition += "__fish_seen_subcommand_from " + path.substr(0, path.find(' ')) + "; and ";
  }
  if (command.subcommands.empty()) {
    return condition.substr(0, condition.size() - 6);
  }
  condition += "not __fish_seen_subcommand_from";
  for (const std::string& subcommand : command.subcommands) {
    condition += " " + last_word(subcommand);
  }
  return condition;
}

std::string fish(const std::vector<Command>& commands) {
  std::string out = "# Completion of leeway for fish.\n";
  for (const Command& command : commands) {
    const std::string line = "complete -c leeway -n " + quoted(fish_condition(command));
    for (const Command& other : commands) {
      if (other.path.substr(0, other.path.rfind(' ')) == command.path && other.path != command.path) {
        out += line + " -f -a " + last_word(other.path) + " -d " + quoted(other.description) + "\n";
      }
    }
    if (!command.arguments.empty()) {
      out += line + " -f -a " + quoted(command.arguments) + "\n";
    }
    for (const Flag& flag : command.flags) {
      const std::string value = !flag.takes_value ? "" : flag.values.empty() ? " -r" : " -x -a " + quoted(flag.values);
      out += line + " -l " + flag.name.substr(2) + value + " -d " + quoted(flag.description) + "\n";
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  std::vector<Command> commands;
  add_commands(app, app.get_name(), commands);
  return shell == "bash" ? bash(commands) : shell == "zsh" ? zsh(commands) : fish(commands);
}

}  // namespace leeway
