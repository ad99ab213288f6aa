// SPDX-License-Identifier: GPL-2.0-or-later
// Durations, sizes and counts to and from text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hoodtrace {

// "10s", "250ms", "1.5s", "20us", "300ns", "2min", "1h"; a bare number is seconds. Nanoseconds.
Result<std::uint64_t> parse_duration(std::string_view text);

// "4096", "64K", "4M", "1G", with or without "iB" or "B"; powers of 1024. Bytes.
Result<std::uint64_t> parse_bytes(std::string_view text);

// Three significant digits and a unit: "412 ns", "1.23 ms", "12.3 s".
std::string format_duration(std::uint64_t ns);

// Digits grouped by threes with a space, as in "412 301 877".
std::string format_grouped(std::uint64_t number);

// "512 B", "64.0 KiB", "1.50 GiB".
std::string format_bytes(std::uint64_t bytes);

// "259:1": a device as the kernel codes it inside (MINORBITS is 20, include/linux/kdev_t.h).
std::string format_device(std::uint32_t dev);

}  // namespace hoodtrace
