// The hash of a file's content, piece by piece: it tells one version from the next. Used by readers of large files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace leeway {

class ContentHash {
 public:
  ContentHash();
  ~ContentHash();

  void start();
  void add(const void* bytes, std::size_t size);
  // Of all that was added since start().
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace leeway
