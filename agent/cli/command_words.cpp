#include "agent/cli/command_words.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/cli/shell_word.h"
#include "agent/core/nearest_word.h"

namespace leeway {
namespace {

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : subcommands_of(app)) {
    names.push_back(command->get_name());
    for (const std::string& alias : command->get_aliases()) {
      names.push_back(alias);
    }
  }
  return names;
}

// The command that was typed, at any depth.
const CLI::App& parsed_command(const CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : parsed_command(*parsed.front());
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

const CLI::App* subcommand_of(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : subcommands_of(app)) {
    if (command->check_name(name)) {
      return command;
    }
  }
  return nullptr;
}

}  // namespace

std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty() || words.front().starts_with('-') || subcommand_of(app, words.front()) != nullptr) {
    return "";
  }
  return "unknown command '" + words.front() + "'" + did_you_mean(words.front(), command_names(app));
}

std::string options_before_command(const CLI::App& app, const std::vector<std::string>& words) {
  const std::vector<const CLI::Option*> own = app.get_options();
  const auto is_own = [&own](const std::string& word) {
    return std::any_of(own.begin(), own.end(), [&word](const CLI::Option* option) { return option->check_name(word); });
  };
  if (words.empty() || !words.front().starts_with('-') || is_own(words.front())) {
    return "";
  }
  const auto command = std::find_if(words.begin(), words.end(),
                                    [&app](const std::string& word) { return subcommand_of(app, word) != nullptr; });
  if (command == words.end()) {
    const std::string& option = words.front();
    const std::string nearest = did_you_mean(option.substr(0, option.find('=')), option_names(app));
    return "unknown option '" + option + "'" +
           (nearest.empty() && (option == "-v" || option == "-V") ? "; did you mean '--version'?" : nearest);
  }
  std::string text = "options follow the command: `leeway " + *command;
  for (auto word = words.begin(); word != words.end(); ++word) {
    text += word == command ? "" : " " + shell_word(*word);
  }
  return text + "`";
}

std::string missing_configuration(const CLI::App& app) {
  const CLI::App& command = parsed_command(app);
  const CLI::Option* const config = command.get_option_no_throw("--config.file");
  if (config == nullptr || !config->get_required() || config->count() != 0) {
    return "";
  }
  std::string path;
  for (const CLI::App* each = &command; each != nullptr; each = each->get_parent()) {
    path = each->get_name() + (path.empty() ? "" : " ") + path;
  }
  return "no configuration: expected `" + path + (config->get_positional() ? " FILE" : " -c FILE") +
         "`, or the environment variable LEEWAY_CONFIG_FILE";
}

std::string explain_order(const CLI::App& app) {
  const CLI::App& command = parsed_command(app);
  const std::vector<std::string> rest = command.remaining();
  if (command.get_name() != "explain" || rest.size() != 1 || rest.front().starts_with('-')) {
    return "";
  }
  const std::string& first = command.get_option("NAME")->results().front();
  const bool file_first = first.ends_with(".toml");
  return "the configuration of explain is an option: `leeway explain " + shell_word(file_first ? rest.front() : first) +
         " -c " + shell_word(file_first ? first : rest.front()) + "`";
}

std::string unknown_arguments(const CLI::App& app) {
  const CLI::App& command = parsed_command(app);
  std::string text;
  for (const std::string& word : app.remaining(true)) {
    const std::string name = word.substr(0, word.find('='));
    text += (text.empty() ? "" : "\n") + std::string("unexpected argument '") + word + "'" +
            did_you_mean(name, option_names(command));
  }
  return text;
}

const CLI::App* find_command(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* command = &app;
  for (const std::string& word : words) {
    command = command == nullptr ? nullptr : subcommand_of(*command, word);
  }
  return command;
}

}  // namespace leeway
