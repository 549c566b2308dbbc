#include "agent/metrics/label_interner.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "agent/core/number_text.h"
#include "agent/core/utf8.h"

namespace leeway {
namespace {

constexpr std::size_t kFirstTexts = 16;
constexpr std::size_t kHashDigits = 16;

std::uint64_t load64(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

std::uint64_t mix(std::uint64_t left, std::uint64_t right) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint64_t hash_text(std::string_view text) {
  constexpr std::uint64_t kFirst = 0xA076'1D64'78BD'642FU;
  constexpr std::uint64_t kSecond = 0xE703'7ED1'A0B4'28DBU;
  std::uint64_t hash = kFirst ^ text.size();
  std::size_t done = 0;
  for (; done + 16 <= text.size(); done += 16) {
    hash = mix(load64(text.data() + done) ^ kSecond, load64(text.data() + done + 8) ^ hash);
  }
  std::array<char, 16> tail{};
  const std::string_view rest = text.substr(done);
  rest.copy(tail.data(), tail.size());
  hash = mix(load64(tail.data()) ^ kSecond, load64(tail.data() + 8) ^ hash);
  return mix(hash ^ kFirst, kSecond);
}

LabelInterner::LabelInterner(LabelSpec spec, std::size_t max_length, std::size_t max_cached,
                             std::shared_ptr<LabelStore> store)
    : spec_(std::move(spec)),
      store_(std::move(store)),
      max_length_(max_length),
      max_cached_(std::bit_ceil(std::max(max_cached, kFirstTexts))),
      slots_(kFirstTexts) {}

Failure LabelInterner::failure_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::kBool:
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
    case ValueKind::kString:
      return Failure::kNone;
    case ValueKind::kDouble:
      return std::isfinite(value.number) ? Failure::kNone : Failure::kNotFinite;
    default:
      return failure_of_unusable(value);
  }
}

std::string_view LabelInterner::text_of(const Value& value) {
  std::array<char, kLongestNumber> buffer{};
  std::string_view raw;
  if (value.kind == ValueKind::kString) {
    raw = value.string();
  } else if (value.kind == ValueKind::kBool) {
    raw = value.boolean ? "true" : "false";
  } else {
    const char* const end = value.kind == ValueKind::kInt        ? write_number(value.integer, buffer.data())
                            : value.kind == ValueKind::kUnsigned ? write_number(value.bits(), buffer.data())
                                                                 : write_number(value.number, buffer.data());
    raw = {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
  }
  if (const auto mapped = spec_.map.find(raw); mapped != spec_.map.end()) {
    raw = mapped->second;
  } else if (spec_.map_other) {
    raw = *spec_.map_other;
  }
  return limited(raw);
}

std::string_view LabelInterner::limited(std::string_view raw) {
  scratch_.clear();
  if (!append_valid_utf8(scratch_, raw, max_length_)) {
    scratch_.resize(utf8_prefix(scratch_, max_length_ - kHashDigits - 1).size());
    std::array<char, kHashDigits> digits{};
    const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), hash_text(raw), 16);
    const auto count = static_cast<std::size_t>(end.ptr - digits.data());
    scratch_.append(1, '~').append(kHashDigits - count, '0').append(digits.data(), count);
  }
  return scratch_;
}

// By its form: a text of this length that happens to end so would be one in 2^64.
bool LabelInterner::is_cut(std::string_view text) const {
  if (text.size() + kLongestUtf8 <= max_length_ || text.size() <= kHashDigits) {
    return false;
  }
  const std::string_view end = text.substr(text.size() - kHashDigits - 1);
  return end.front() == '~' && end.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

LabelInterner::Code LabelInterner::find_text(std::string_view text) const {
  const auto found = codes_.find(text);
  return found == codes_.end() ? kUnknown : found->second;
}

LabelInterner::Code LabelInterner::add_text(std::string_view text) {
  Code code = find_text(text);
  if (code == kUnknown) {
    code = static_cast<Code>(texts_.size());
    codes_.emplace(texts_.emplace_back(store_->keep(text)), code);
  }
  return code;
}

LabelInterner::Code LabelInterner::find_uncached(const Value& value, const Key& key) {
  if (failure_of(value) != Failure::kNone) {
    return kNoText;
  }
  const std::string_view text = text_of(value);
  const Code code = find_text(text);
  if (code == kUnknown) {
    return code;
  }
  const bool whole = value.kind != ValueKind::kString || value.length <= kKeyBytes;
  if (whole) {
    remember(key, code, nullptr);
  } else if (value.string() == text) {
    remember(key, code, texts_[code].data());
  }
  return code;
}

void LabelInterner::remember(const Key& key, Code code, const char* text) {
  if (used_ * 2 >= slots_.size() && slots_.size() < max_cached_) {
    grow();
  }
  const std::size_t home = slot_of(key);
  Slot* target = &slots_[home];  // the one to evict where all are taken
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    Slot& slot = slots_[(home + probe) & (slots_.size() - 1)];
    if (slot.kind_and_length == 0) {
      target = &slot;
      ++used_;
      break;
    }
  }
  *target = {key.low, key.high, text, key.kind_and_length, code};
}

void LabelInterner::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  used_ = 0;
  for (const Slot& slot : old) {
    if (slot.kind_and_length != 0) {
      remember({slot.low, slot.high, slot.kind_and_length}, slot.code, slot.text);
    }
  }
}

}  // namespace leeway
