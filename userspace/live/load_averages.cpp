// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/load_averages.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <sstream>
#include <string>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kPauseNs = 1'000'000'000;

bool is_same(const ht_load& a, const ht_load& b) {
  return a.centi_1 == b.centi_1 && a.centi_5 == b.centi_5 && a.centi_15 == b.centi_15;
}

std::uint32_t centi(double average) {
  return static_cast<std::uint32_t>(std::lround(average * 100));
}

}  // namespace

LoadAverages::LoadAverages() : file_(::open("/proc/loadavg", O_RDONLY | O_CLOEXEC)) {}

void LoadAverages::look(std::uint64_t now_ns, bool forced, RecordBuffer& records) {
  if (!file_ || (!forced && now_ns < next_look_ns_)) return;
  next_look_ns_ = now_ns + kPauseNs;
  char text[128];
  const ssize_t got = ::pread(file_.get(), text, sizeof(text), 0);
  if (got <= 0) return;
  std::istringstream words(std::string(text, static_cast<std::size_t>(got)));
  double averages[3] = {};
  if (!(words >> averages[0] >> averages[1] >> averages[2])) return;
  ht_load now{};
  now.head = {now_ns, 0, HT_LOAD, HT_NO_CPU};
  now.centi_1 = centi(averages[0]);
  now.centi_5 = centi(averages[1]);
  now.centi_15 = centi(averages[2]);
  if (!forced && is_same(now, last_)) return;
  last_ = now;
  records.add(now);
}

}  // namespace hoodtrace
