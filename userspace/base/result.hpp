// SPDX-License-Identifier: GPL-2.0-or-later
// A value or the reason why there is none; std::expected's method names, which C++20 lacks.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace hoodtrace {

// What the process will exit with when the error reaches main.
enum class ErrorKind {
  kFailed = 1,
  kUsage = 2,
  kUnsupported = 3,  // not permitted, or not supported by this kernel
};

// The message says what, why and the next step; no trailing newline.
struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string message;
};

inline Error failed(std::string message) { return {ErrorKind::kFailed, std::move(message)}; }
inline Error usage(std::string message) { return {ErrorKind::kUsage, std::move(message)}; }
inline Error unsupported(std::string message) {
  return {ErrorKind::kUnsupported, std::move(message)};
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  // Only with has_value().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // Only without has_value().
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  [[nodiscard]] bool has_value() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace hoodtrace

// Returns the error of an expression of type Result<...> from the enclosing function, if there is
// one; its value is dropped.
#define RETURN_IF_ERROR(...)                                         \
  do {                                                               \
    if (const auto& checked_result = (__VA_ARGS__); !checked_result) \
      return checked_result.error();                                 \
  } while (false)
