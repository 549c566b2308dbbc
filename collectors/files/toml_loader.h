// The `toml` format. Dates and times are strings. Used with document_format.
#pragma once

#include "collectors/files/document_loader.h"

namespace leeway {

class TomlLoader final : public DocumentLoader {
 public:
  ReadStep load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token stop) override;
  bool is_slow(const FileToRead& version) const override;
};

}  // namespace leeway
