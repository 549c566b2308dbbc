#include "agent/core/state_part.h"

#include <xxhash.h>

namespace leeway {

StatePartId StatePartId::of(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

StatePart::StatePart(Content content) : content_(std::move(content)) {
  const Expected<std::string> bytes = content_();
  id_ = StatePartId::of(bytes ? *bytes : "");
  size_ = bytes ? bytes->size() : 0;
}

}  // namespace leeway
