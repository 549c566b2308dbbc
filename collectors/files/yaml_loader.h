// The `yaml` format: one document, read with YAML 1.2's core schema, so that `no` and dates are strings. Used with
// document_format.
//
// Aliases are replaced by what they name, within the limit of the document's size. Merge keys (`<<`) are keys like any
// other. Keys are texts; a key that is not a scalar is a syntax error.
#pragma once

#include "collectors/files/document_loader.h"

namespace leeway {

// Adds "several_documents" to the reasons of DocumentLoader.
class YamlLoader final : public DocumentLoader {
 public:
  ReadStep load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token stop) override;
  bool is_slow(const FileToRead& version) const override;
};

// The JSON of a plain scalar. Used by YamlLoader.
void append_yaml_scalar(const std::string& text, std::string& out);

}  // namespace leeway
