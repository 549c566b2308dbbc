#include "collectors/text/pair_fields.h"

#include <algorithm>
#include <variant>

#include "agent/core/ascii.h"
#include "agent/core/reason_counts.h"
#include "collectors/text/escapes.h"

namespace leeway {
namespace {

void set_bare(Part& part, std::string_view value) {
  if (value.empty() || value == "<nil>") {
    part.set(PartKind::kNull, {});
  } else if (value == "true" || value == "false") {
    part.set_bool(value == "true");
  } else {
    part.set(PartKind::kCell, value);
  }
}

bool is_name(std::string_view key) {
  const auto in_name = [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-' || c == '/';
  };
  return !key.empty() && (is_letter(key[0]) || key[0] == '_' || key[0] == '@') &&
         std::all_of(key.begin() + 1, key.end(), in_name);
}

}  // namespace

std::size_t find_last_pairs(std::string_view text, PairQuotes quotes) {
  PairScanner scanner(text.substr(0, text.find('\n')), quotes);
  ScannedPair pair;
  std::size_t begin = std::string_view::npos;
  while (scanner.next(pair)) {
    const bool is_pair = pair.kind != ScannedPair::Kind::kWord && is_name(pair.key);
    if (!is_pair) {
      begin = std::string_view::npos;
    } else if (begin == std::string_view::npos) {
      begin = static_cast<std::size_t>(pair.key.data() - text.data());
    }
  }
  return begin;
}

PairFields::PairFields(PairQuotes quotes) : quotes_(quotes) { first_.fill(kNone); }

// Keys of a program differ in length and at their ends, mostly.
std::size_t PairFields::place_of(std::string_view key) {
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(key[at])); };
  return key.empty() ? 0 : (key.size() * 7 + byte(0) * 5 + byte(key.size() - 1)) % kPlaces;
}

std::size_t PairFields::find(std::string_view key) const {
  std::size_t slot = first_[place_of(key)];
  while (slot != kNone && keys_[slot] != key) {
    slot = next_[slot];
  }
  return slot;
}

std::size_t PairFields::want(const FieldPath& field) {
  const auto* const name = field.steps.size() == 1 ? std::get_if<std::string>(&field.steps.front()) : nullptr;
  const std::string key = name != nullptr ? *name : field.to_string();
  if (const std::size_t known = find(key); known != kNone) {
    return known;
  }
  const std::size_t slot = keys_.size();
  std::size_t& first = first_[place_of(key)];
  keys_.push_back(key);
  next_.push_back(first);
  first = slot;
  message_ = key == "message" ? slot : message_;
  return slot;
}

bool PairFields::read(std::string_view text, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) const {
  PairScanner scanner(text, quotes_);
  ScannedPair pair;
  std::string_view words;
  bool has_pair = false;
  while (scanner.next(pair)) {
    if (pair.kind == ScannedPair::Kind::kWord && !has_pair) {
      const char* const begin = words.empty() ? pair.key.data() : words.data();
      words = {begin, static_cast<std::size_t>(pair.key.data() + pair.key.size() - begin)};
      continue;
    }
    if (!has_pair) {
      has_pair = true;
      store_message(words, parts);
    }
    std::size_t unknown = 0;
    Part* const part = part_of(pair.escaped_key ? unescape_text(pair.key, batch, unknown) : pair.key, parts, counts);
    if (part == nullptr) {
      continue;
    }
    if (pair.kind == ScannedPair::Kind::kWord) {
      part->set_bool(true);
    } else if (pair.kind == ScannedPair::Kind::kBare) {
      set_bare(*part, pair.value);
    } else {
      part->set(PartKind::kText, unescape_text(pair.value, batch, unknown));
    }
    if (unknown != 0) {
      count_reason(counts.anomalies, "unknown_escape");
    }
  }
  return has_pair;
}

void PairFields::store_message(std::string_view words, std::span<Part> parts) const {
  if (message_ != kNone && !words.empty() && parts[message_].kind == PartKind::kAbsent) {
    parts[message_].set(PartKind::kText, words);
  }
}

Part* PairFields::part_of(std::string_view key, std::span<Part> parts, DecodeCounts& counts) const {
  const std::size_t slot = find(key);
  if (slot == kNone) {
    return nullptr;
  }
  if (parts[slot].kind != PartKind::kAbsent) {
    count_reason(counts.anomalies, "duplicate_key");
    return nullptr;
  }
  return &parts[slot];
}

}  // namespace leeway
