// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/long_sleep.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace hoodtrace {

SleepStack read_sleep_stack(const ht_sleep_stack& record) {
  SleepStack stack;
  stack.kernel = record.stack;
  const std::string_view tail = tail_of(record);
  const std::size_t frames =
      std::min<std::size_t>(record.frames, tail.size() / sizeof(std::uint64_t));
  std::string_view names = tail.substr(frames * sizeof(std::uint64_t));
  const auto next = [&names] {
    const std::string_view name = names.substr(0, names.find('\0'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    return std::string(name);
  };
  for (std::size_t i = 0; i < frames; i++) {
    UserFrame& frame = stack.user.emplace_back();
    std::memcpy(&frame.address, tail.data() + i * sizeof(std::uint64_t), sizeof(frame.address));
    frame.function = next();
    frame.file = next();
  }
  return stack;
}

}  // namespace hoodtrace
