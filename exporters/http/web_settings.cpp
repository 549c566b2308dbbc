#include "exporters/http/web_settings.h"

#include <utility>

#include "agent/core/whole_file.h"
#include "exporters/http/response.h"
#include "exporters/http/tls_context.h"

namespace leeway {
namespace {

constexpr std::uint64_t kFileLimit = std::uint64_t{1} << 20;  // bytes; a chain of certificates has some thousand

void read_input(FileSystem& files, const std::string& path, WebInputs& inputs) {
  if (inputs.contains(path)) {
    return;
  }
  Expected<std::string> content = read_whole_file(files, path, kFileLimit);
  if (content) {
    inputs[path] = {std::move(*content), ""};
    return;
  }
  std::string advice;
  if (content.error().code == ErrorCode::kPermission) {
    advice = "; expected a file that the user of this process may read";
  } else if (content.error().code == ErrorCode::kNotFound) {
    advice = "; expected the path of a file, absolute or relative to the web configuration";
  }
  inputs[path] = {"", content.error().message + advice};
}

// "" where there is an error, which goes to `diagnostics`.
std::string text_of(const PemSource& source, const WebInputs& inputs, Diagnostics& diagnostics) {
  if (source.path.empty()) {
    return source.text;
  }
  const auto input = inputs.find(source.path);
  if (input == inputs.end() || !input->second.error.empty()) {
    diagnostics.error(source.position,
                      source.key + ": " + (input == inputs.end() ? "it was not read" : input->second.error));
    return {};
  }
  return input->second.content;
}

Error as_one(const Diagnostics& diagnostics) {
  std::string text;
  for (const Error& error : diagnostics.errors()) {
    text += (text.empty() ? "" : "\n") + error.to_string();
  }
  return Error{ErrorCode::kConfiguration, text};
}

std::shared_ptr<const TlsContext> make_context(const TlsConfig& config, const WebInputs& inputs, TimePoint now,
                                               Diagnostics& diagnostics) {
  const TlsTexts texts{text_of(config.certificate, inputs, diagnostics),
                       text_of(config.private_key, inputs, diagnostics),
                       config.client_ca.given() ? text_of(config.client_ca, inputs, diagnostics) : std::string()};
  if (diagnostics.has_errors()) {
    return nullptr;
  }
  Expected<std::shared_ptr<const TlsContext>> context = TlsContext::make(config, texts);
  if (!context) {
    diagnostics.error(context.error().position, context.error().message);
    return nullptr;
  }
  if ((*context)->not_after() <= now) {
    diagnostics.warning(config.certificate.position, config.certificate.key + ": the certificate has expired on " +
                                                         http_date((*context)->not_after()) +
                                                         ", so that clients refuse it; expected a renewed one");
  }
  return *context;
}

}  // namespace

TimePoint WebSettings::certificate_not_after() const { return tls == nullptr ? kNoTime : tls->not_after(); }

WebInputs read_web_inputs(FileSystem& files, const std::string& path) {
  WebInputs inputs;
  read_input(files, path, inputs);
  Diagnostics ignored;
  const WebConfig config = parse_web_config(inputs[path].content, path, ignored);
  if (config.tls) {
    for (const PemSource* const source : {&config.tls->certificate, &config.tls->private_key, &config.tls->client_ca}) {
      if (!source->path.empty()) {
        read_input(files, source->path, inputs);
      }
    }
  }
  return inputs;
}

Expected<std::shared_ptr<const WebSettings>> make_web_settings(const std::string& path, WebInputs inputs,
                                                               TimePoint now) {
  const WebInput& file = inputs[path];
  if (!file.error.empty()) {
    return Error{ErrorCode::kConfiguration, "--web.config.file: " + file.error};
  }
  Diagnostics diagnostics;
  auto settings = std::make_shared<WebSettings>();
  settings->path = path;
  settings->config = parse_web_config(file.content, path, diagnostics);
  if (settings->config.tls && !diagnostics.has_errors()) {
    settings->tls = make_context(*settings->config.tls, inputs, now, diagnostics);
  }
  if (diagnostics.has_errors()) {
    return as_one(diagnostics);
  }
  for (const Error& warning : diagnostics.warnings()) {
    settings->warnings.push_back(warning.to_string());
  }
  settings->inputs = std::move(inputs);
  return std::shared_ptr<const WebSettings>(std::move(settings));
}

}  // namespace leeway
