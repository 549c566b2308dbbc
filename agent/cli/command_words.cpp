#include "agent/cli/command_words.h"

#include <CLI/CLI.hpp>

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
