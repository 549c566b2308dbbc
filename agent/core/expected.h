// A value or the error that prevented it. std::expected arrives with C++23; this is the part Leeway needs.
// Used by every fallible function.
#pragma once

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "agent/core/error.h"

namespace leeway {

template <typename T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : data_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Expected(Error error) : data_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return data_.index() == 0; }
  bool has_value() const { return data_.index() == 0; }

  // Only where has_value().
  T& value() & { return std::get<0>(data_); }
  const T& value() const& { return std::get<0>(data_); }
  T&& value() && { return std::get<0>(std::move(data_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Only where !has_value(). Not callable on a temporary: the reference would dangle.
  const Error& error() const& { return std::get<1>(data_); }
  Error error() && { return std::get<1>(std::move(data_)); }

 private:
  std::variant<T, Error> data_;
};

template <>
class [[nodiscard]] Expected<void> {
 public:
  Expected() = default;
  Expected(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return !error_.has_value(); }
  bool has_value() const { return !error_.has_value(); }

  // Only where !has_value().
  const Error& error() const& { return error_.value(); }
  Error error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace leeway
