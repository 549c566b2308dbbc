// The values of one label, each text with a small code. A cache from raw values (text, number, boolean) to codes makes
// the usual record cost one probe and no string building. Used by SeriesTable.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/value.h"
#include "agent/metrics/series_labels.h"

namespace leeway {

// A label and how its values are mapped.
struct LabelSpec {
  std::string name;
  std::map<std::string, std::string, std::less<>> map{};  // text of a value -> what to write instead
  std::optional<std::string> map_other{};                 // for every value that is not a key of `map`
};

// A fast 64-bit hash of `text`, the same in every release and on every machine of one byte order.
std::uint64_t hash_text(std::string_view text);

class LabelInterner {
 public:
  using Code = std::uint32_t;
  static constexpr Code kUnknown = 0xFFFF'FFFF;  // the value has a text, but the text has no code yet
  static constexpr Code kNoText = 0xFFFF'FFFE;   // the value cannot be a label: see failure_of()

  // Texts are at most `max_length` bytes; the cache holds at most about `max_cached` raw values. Texts live in `store`.
  LabelInterner(LabelSpec spec, std::size_t max_length, std::size_t max_cached,
                std::shared_ptr<LabelStore> store = LabelStore::make());
  LabelInterner(LabelInterner&&) = default;
  LabelInterner& operator=(LabelInterner&&) = default;

  const LabelSpec& spec() const { return spec_; }

  // The code of the value's text, kUnknown or kNoText. Allocates only to grow the cache to its bound.
  Code find(const Value& value) { return find(value, key_of(value)); }

  // For each of `count` values (value_of(i)) writes find() to out[i * stride]. Consecutive values are
  // often the same, and then cost one comparison.
  template <typename ValueOf>
  void find_all(std::size_t count, ValueOf value_of, Code* out, std::size_t stride) {
    Key last;  // of nothing
    Code code = kUnknown;
    for (std::size_t i = 0; i < count; ++i) {
      const Value& value = value_of(i);
      const Key key = key_of(value);
      const bool whole = value.kind != ValueKind::kString || value.length <= kKeyBytes;
      const bool same = key.low == last.low && key.high == last.high && key.kind_and_length == last.kind_and_length;
      if (!same || !whole || code >= kNoText) {
        code = find(value, key);
        last = key;
      }
      out[i * stride] = code;
    }
  }

  // The value's text: strings as they are, with bad UTF-8 bytes replaced by U+FFFD; numbers as
  // write_number() does, true as "true"; then mapped. A text over the limit is cut at a character boundary and
  // ends in '~' and 16 hexadecimal digits of a hash of the whole. Valid until the next call. Only where
  // failure_of(value) is kNone.
  std::string_view text_of(const Value& value);
  // `raw` as text_of() writes a mapped value: valid UTF-8 within the limit. Valid until the next call.
  std::string_view limited(std::string_view raw);
  // Whether `text`, a result of limited(), is what is left of a longer one.
  bool is_cut(std::string_view text) const;
  // Why the value cannot be a label, or kNone.
  static Failure failure_of(const Value& value);

  Code find_text(std::string_view text) const;
  // The code of `text`, a result of limited(); a new one if it has none. The caller bounds the number of codes.
  Code add_text(std::string_view text);
  std::string_view text(Code code) const { return texts_[code]; }
  std::size_t size() const { return texts_.size(); }
  std::size_t cached_capacity() const { return slots_.size(); }

 private:
  // The key contains up to 16 bytes of text, or a number; for longer text a hash.
  struct Key {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint32_t kind_and_length = 0;  // 0: nothing cached
  };
  struct Slot {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    const char* text = nullptr;  // to compare with, where the key does not contain all of it
    std::uint32_t kind_and_length = 0;
    Code code = kUnknown;
    bool holds(const Key& key) const {
      return low == key.low && high == key.high && kind_and_length == key.kind_and_length;
    }
  };
  static constexpr std::size_t kProbes = 4;
  static constexpr std::size_t kKeyBytes = 16;
  static constexpr std::uint32_t kLengthBits = 24;
  static constexpr std::size_t kLongestKey = (1U << kLengthBits) - 1;  // longer than any text that is cached

  template <typename Word>
  static std::uint64_t load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof(word));
    return word;
  }

  static Key key_of_text(const char* text, std::size_t length) {
    Key key;
    key.kind_and_length = (static_cast<std::uint32_t>(ValueKind::kString) << kLengthBits) |
                          static_cast<std::uint32_t>(std::min(length, kLongestKey));
    if (length > kKeyBytes) {
      key.low = hash_text({text, length});
      key.high = load<std::uint64_t>(text + length - 8);
    } else if (length >= 8) {
      key.low = load<std::uint64_t>(text);
      key.high = load<std::uint64_t>(text + length - 8);
    } else if (length >= 4) {
      key.low = load<std::uint32_t>(text);
      key.high = load<std::uint32_t>(text + length - 4);
    } else if (length > 0) {
      key.low = load<std::uint8_t>(text) | load<std::uint8_t>(text + length / 2) << 8 |
                load<std::uint8_t>(text + length - 1) << 16;
    }
    return key;
  }

  static Key key_of(const Value& value) {
    if (value.kind == ValueKind::kString) {
      return key_of_text(value.text, value.length);
    }
    Key key;
    key.low = static_cast<std::uint64_t>(value.integer);
    if (value.kind == ValueKind::kBool) {
      key.low = value.boolean ? 1 : 0;
    }
    // A value without text gets a length that no cached value has.
    const bool has_text = value.is_number() || value.kind == ValueKind::kBool;
    key.kind_and_length = (static_cast<std::uint32_t>(value.kind) << kLengthBits) | (has_text ? 0U : 1U);
    return key;
  }

  std::size_t slot_of(const Key& key) const {
    std::uint64_t hash = (key.low ^ key.kind_and_length) * 0x9E37'79B9'7F4A'7C15U;
    hash = (hash ^ (hash >> 32) ^ key.high) * 0xD6E8'FEB8'6659'FD93U;
    return (hash ^ (hash >> 32)) & (slots_.size() - 1);
  }

  Code find(const Value& value, const Key& key) {
    const Slot* const slots = slots_.data();
    const std::size_t mask = slots_.size() - 1;
    const std::size_t home = slot_of(key);
    for (std::size_t probe = 0; probe < kProbes; ++probe) {
      const Slot& slot = slots[(home + probe) & mask];
      if (slot.holds(key) && (slot.text == nullptr || std::memcmp(slot.text, value.text, value.length) == 0)) {
        return slot.code;
      }
    }
    return find_uncached(value, key);
  }
  Code find_uncached(const Value& value, const Key& key);
  void remember(const Key& key, Code code, const char* text);
  void grow();

  LabelSpec spec_;
  std::shared_ptr<LabelStore> store_;
  std::size_t max_length_;
  std::size_t max_cached_;
  std::vector<Slot> slots_;  // a power of two of them
  std::size_t used_ = 0;
  std::vector<std::string_view> texts_;  // by code
  std::unordered_map<std::string_view, Code> codes_;
  std::string scratch_;
};

}  // namespace leeway
