#include "collectors/files/content_hash.h"

#include <xxhash.h>

namespace leeway {

struct ContentHash::State {
  struct Free {
    void operator()(XXH3_state_t* allocated) const { XXH3_freeState(allocated); }
  };
  std::unique_ptr<XXH3_state_t, Free> xxh3{XXH3_createState()};
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {}
ContentHash::~ContentHash() = default;

void ContentHash::start() { XXH3_64bits_reset(state_->xxh3.get()); }

void ContentHash::add(const void* bytes, std::size_t size) { XXH3_64bits_update(state_->xxh3.get(), bytes, size); }

std::uint64_t ContentHash::value() const { return XXH3_64bits_digest(state_->xxh3.get()); }

}  // namespace leeway
