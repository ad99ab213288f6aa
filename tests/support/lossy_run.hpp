// SPDX-License-Identifier: GPL-2.0-or-later
// A tracer that cannot keep up, and what its recording has of each type of record.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "event/event.hpp"
#include "stream/file_source.hpp"

namespace hoodtrace::testing {

// Stops a process for nine tenths of the time, until its own end: what small rings cannot hold
// meanwhile is lost, however fast that process reads and however slow the machine is. (Left alone,
// a reader that is woken in time loses nothing even in the smallest rings: seen on one emulated
// CPU.)
class Hiccups {
 public:
  explicit Hiccups(pid_t pid)
      : thread_([pid](const std::stop_token& end) {
          while (!end.stop_requested()) {
            ::kill(pid, SIGSTOP);
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            ::kill(pid, SIGCONT);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
          }
        }) {}

 private:
  std::jthread thread_;
};

struct Counted {
  std::uint64_t seen = 0;
  std::uint64_t lost = 0;
};

// The records of a type in a recording: those it holds and those it says were lost.
inline Counted count_records(const std::string& recording, std::uint16_t type) {
  Counted counted;
  auto source = FileSource::open(recording);
  EXPECT_TRUE(source) << "cannot open " << recording;
  if (!source) return counted;
  for (;;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) return counted;
    for (const RecordView& record : *records) {
      if (record.head->type == type) counted.seen++;
      if (record.head->type == HT_LOST)
        counted.lost += reinterpret_cast<const ht_lost*>(record.head)->counts[type];
    }
  }
}

}  // namespace hoodtrace::testing
