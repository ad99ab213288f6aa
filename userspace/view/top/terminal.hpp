// SPDX-License-Identifier: GPL-2.0-or-later
// What `top` needs of a terminal: a size, a place for frames, keys.
#pragma once

#include <cstddef>
#include <optional>

#include "view/top/frame.hpp"
#include "view/top/keys.hpp"

namespace hoodtrace {

class Terminal {
 public:
  Terminal() = default;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  virtual ~Terminal() = default;

  struct Size {
    std::size_t columns = 0;
    std::size_t rows = 0;
  };
  [[nodiscard]] virtual Size size() const = 0;
  // Shows it; only what has changed is written.
  virtual void show(const Frame& frame) = 0;
  // The next key. Nothing when `wake_fd` can be read, or when the terminal is gone (then
  // is_gone()).
  virtual std::optional<Key> wait(int wake_fd) = 0;
  [[nodiscard]] virtual bool is_gone() const = 0;
};

}  // namespace hoodtrace
