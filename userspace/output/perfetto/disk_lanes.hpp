// SPDX-License-Identifier: GPL-2.0-or-later
// Block requests overlap, and slices of a track must not: a device has as many lanes as it needs.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/names/task_table.hpp"

namespace hoodtrace {

struct DiskLanes {
  struct Lane {
    std::uint64_t track = 0;
    std::uint64_t end_ns = 0;  // of its last request
  };
  // Of a thread that slept for a request. Its record comes before that of the request, or right after it.
  struct Sleep {
    TaskId task = kNoTask;
    std::uint64_t serial = 0;
    std::uint64_t since_ns = 0;
    std::uint64_t woken_ns = 0;
  };

  // A request that is done, for sleeps whose record comes later.
  struct Done {
    std::uint64_t track = 0;
    std::uint64_t end_ns = 0;
    std::string name;
  };

  static constexpr std::size_t kMostSleeps = 65536;
  static constexpr std::size_t kMostDone = 4096;

  // The lane of a request that begins at `start_ns`: its track is 0 when it is new. Requests come in the
  // order of their ends.
  Lane& lane(std::uint32_t dev, std::uint64_t start_ns) {
    std::vector<Lane>& lanes = lanes_of[dev];
    for (Lane& one : lanes)
      if (one.end_ns <= start_ns) return one;
    return lanes.emplace_back();
  }

  const Done& keep(std::uint64_t serial, Done request) {
    if (order.size() == kMostDone) {
      done.erase(order.front());
      order.pop_front();
    }
    order.push_back(serial);
    return done[serial] = std::move(request);
  }

  std::unordered_map<std::uint32_t, std::uint64_t> device_track;
  std::unordered_map<std::uint32_t, std::vector<Lane>> lanes_of;
  std::unordered_map<std::uint64_t, std::vector<Sleep>> sleeps;  // by the serial of the request
  std::unordered_map<std::uint64_t, Done> done;                  // by serial
  std::deque<std::uint64_t> order;                               // of the serials in `done`
};

}  // namespace hoodtrace
