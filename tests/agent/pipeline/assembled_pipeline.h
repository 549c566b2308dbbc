// The pipeline of a configuration without errors. Used by tests that drive it by hand.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agent/config/toml_reader.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/pipeline.h"

namespace leeway {

inline std::unique_ptr<Pipeline> assembled_pipeline(const std::string& text, FileSystem& files, const Clock& clock,
                                                    Background* background = nullptr) {
  Diagnostics diagnostics;
  std::optional<Assembly> assembly =
      assemble(parse_toml(text, "test.toml", diagnostics), {{}, std::nullopt, clock.wall()}, files, diagnostics);
  EXPECT_TRUE(assembly) << diagnostics.to_string();
  return std::make_unique<Pipeline>(std::move(*assembly), files, clock, PipelineOptions{std::nullopt, background});
}

}  // namespace leeway
