// SPDX-License-Identifier: GPL-2.0-or-later
// Times of the stream as a person reads them: UTC, for nothing here depends on the user's settings.
#pragma once

#include <cstdint>
#include <string>

namespace hoodtrace {

// "14:03:10". `offset_ns` added to the time is CLOCK_REALTIME.
std::string time_of_day(std::uint64_t time_ns, std::int64_t offset_ns);
// "14:03:10.123456"
std::string time_of_day_us(std::uint64_t time_ns, std::int64_t offset_ns);
// "20261130-140310", for the name of a file.
std::string date_and_time(std::uint64_t time_ns, std::int64_t offset_ns);
// "-00:41", "-1:02:41"
std::string distance_back(std::uint64_t ns);

}  // namespace hoodtrace
