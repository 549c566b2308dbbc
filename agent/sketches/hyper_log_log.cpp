#include "agent/sketches/hyper_log_log.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace leeway {
namespace {

constexpr int kHashBits = 64;

// Ertl's sigma and tau: power series that replace the terms of empty and of full registers.
double sigma(double x) {
  if (x == 1) {
    return INFINITY;
  }
  double y = 1;
  double z = x;
  for (double before = -1; before != z;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) {
    return 0;
  }
  double y = 1;
  double z = 1 - x;
  for (double before = -1; before != z;) {
    x = std::sqrt(x);
    before = z;
    y /= 2;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

HyperLogLog::HyperLogLog(int precision) : precision_(precision) {}

void HyperLogLog::set_register(std::uint64_t hash) {
  const std::uint64_t rest = hash << precision_;
  const int longest = kHashBits - precision_;
  const int rank = std::min(std::countl_zero(rest), longest) + 1;
  std::uint8_t& held = registers_[hash >> (kHashBits - precision_)];
  held = std::max(held, static_cast<std::uint8_t>(rank));
}

void HyperLogLog::add(std::uint64_t hash) {
  if (!exact()) {
    set_register(hash);
    return;
  }
  const auto at = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
  if (at != hashes_.end() && *at == hash) {
    return;
  }
  if (hashes_.size() < kExact) {
    hashes_.insert(at, hash);
    return;
  }
  become_registers();
  set_register(hash);
}

void HyperLogLog::become_registers() {
  registers_.assign(std::size_t{1} << precision_, 0);
  for (const std::uint64_t known : hashes_) {
    set_register(known);
  }
  hashes_ = std::vector<std::uint64_t>();  // frees it
}

void HyperLogLog::merge(const HyperLogLog& other) {
  for (const std::uint64_t hash : other.hashes_) {
    add(hash);
  }
  if (other.exact()) {
    return;
  }
  if (exact()) {
    become_registers();
  }
  for (std::size_t i = 0; i < registers_.size(); ++i) {
    registers_[i] = std::max(registers_[i], other.registers_[i]);
  }
}

double HyperLogLog::estimate() const {
  if (exact()) {
    return static_cast<double>(hashes_.size());
  }
  const int longest = kHashBits - precision_;
  std::vector<double> counts(static_cast<std::size_t>(longest) + 2, 0);
  for (const std::uint8_t rank : registers_) {
    ++counts[rank];
  }
  const auto registers = static_cast<double>(registers_.size());
  double z = registers * tau(1 - counts.back() / registers);
  for (std::size_t rank = counts.size() - 2; rank >= 1; --rank) {
    z = (z + counts[rank]) / 2;
  }
  z += registers * sigma(counts.front() / registers);
  constexpr double kInfinityConstant = 0.7213475204444817;  // 1 / (2 ln 2)
  return kInfinityConstant * registers * registers / z;
}

double HyperLogLog::standard_error() const { return exact() ? 0 : 1.04 / std::sqrt(std::ldexp(1, precision_)); }

void HyperLogLog::clear() {
  hashes_.clear();
  registers_ = {};
}

void HyperLogLog::save(StateWriter& out) const {
  out.u64(hashes_.size());
  for (const std::uint64_t hash : hashes_) {
    out.u64(hash);
  }
  out.text({reinterpret_cast<const char*>(registers_.data()), registers_.size()});
}

Expected<void> HyperLogLog::load(StateReader& in) {
  clear();
  const std::uint64_t size = in.count();
  for (std::uint64_t i = 0; i < size && in.ok(); ++i) {
    hashes_.push_back(in.u64());
  }
  const std::string_view registers = in.text();
  registers_.assign(registers.begin(), registers.end());
  const int highest = kHashBits - precision_ + 1;
  const bool sound =
      in.ok() && hashes_.size() <= kExact && std::is_sorted(hashes_.begin(), hashes_.end()) &&
      (registers_.empty() || (registers_.size() == std::size_t{1} << precision_ && hashes_.empty())) &&
      std::all_of(registers_.begin(), registers_.end(), [&](std::uint8_t rank) { return rank <= highest; });
  return sound ? Expected<void>{} : Expected<void>{Error{ErrorCode::kCorrupt, "saved distinct counter is invalid"}};
}

}  // namespace leeway
