// SPDX-License-Identifier: GPL-2.0-or-later
// A made recording of a busy task, for `diff`: its waits, its page faults and its reads come at
// random, in bursts, as on a real machine. Equal settings with another seed are an equal run.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "command/diff_reading.hpp"
#include "stream/vector_source.hpp"
#include "support/disk_scenario.hpp"
#include "support/fault_scenario.hpp"
#include "support/session_scenario.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {

struct DiffScene {
  unsigned seed = 1;
  std::uint64_t duration_ns = 4'000'000'000;
  double waits_per_s = 3000;
  double service_ns = 200'000;    // of the disk, on average
  double major_per_s = 0;         // page faults of a kind that is not there without them
  double burst = 0.3;             // how far the rate swings
  double burst_ns = 100'000'000;  // how long a swing lasts
  bool loses = false;             // records, at the end
  double run_swing = 0;           // how much the rate of one run differs from that of the others
};

class DiffScenario {
 public:
  explicit DiffScenario(const DiffScene& scene) : scene_(scene), random_(scene.seed) {
    constexpr std::uint64_t kStartNs = 1'000'000'000;
    add_session(stream_.at(kStartNs),
                {"target", "the whole system", "how", "", "families", "sched,faults,disk"});
    DiskScenario(stream_).scope().device(kVda, "vda");
    stream_.seen(10, {.comm = "make"});
    FaultScenario faults(stream_);
    faults.touch(10, {.write = true, .alloc = true, .zeroed = true, .rss = HT_FAULT_RSS_ANON});
    const double of_run = 1 + scene.run_swing * normal();
    double swing = 0;
    std::uint64_t now_ns = kStartNs;
    std::uint64_t serial = 1;
    while (now_ns < kStartNs + scene.duration_ns) {
      const double gap_ns =
          exponential(1e9 / (scene.waits_per_s * of_run * std::max(0.1, 1 + scene.burst * swing)));
      // An Ornstein-Uhlenbeck process: what is near in time is alike.
      const double keep = std::exp(-gap_ns / scene.burst_ns);
      swing = keep * swing + std::sqrt(1 - keep * keep) * normal();
      now_ns += 2000 + static_cast<std::uint64_t>(gap_ns);
      const auto wait_ns = static_cast<std::uint64_t>(20'000 * std::exp(normal()));
      stream_.at(now_ns).switches({.from = 0, .to = 10, .wait_ns = wait_ns});
      faults.touch(10, {.took_ns = 200 + static_cast<std::uint64_t>(exponential(500)),
                        .write = true,
                        .alloc = true,
                        .zeroed = true,
                        .rss = HT_FAULT_RSS_ANON});
      if (uniform() < scene.major_per_s / scene.waits_per_s)
        faults.touch(10, {.took_ns = 100'000,
                          .major = true,
                          .alloc = true,
                          .rss = HT_FAULT_RSS_FILE,
                          .place = HT_PLACE_FILE});
      if (uniform() < 0.3) {
        const auto service = static_cast<std::uint64_t>(exponential(scene.service_ns));
        DiskScenario(stream_).request({.tid = 10,
                                       .serial = serial++,
                                       .start_ns = now_ns - 2000 - service,
                                       .issue_ns = now_ns - 1000 - service,
                                       .complete_ns = now_ns});
      }
      stream_.at(now_ns + 1000).switches({.from = 10, .to = 0, .state = kSleeping});
    }
    if (scene.loses) stream_.lost(HT_SWITCH, 3, now_ns + 1500);
    stream_.at(now_ns + 2000).end();
  }

  [[nodiscard]] DiffRecording read() const {
    VectorSource source(stream_.records());
    return std::move(*read_for_diff(source, "a scene", DiffWork{}));
  }
  [[nodiscard]] const StreamBuilder& stream() const { return stream_; }
  [[nodiscard]] const RecordBuffer& records() const { return stream_.records(); }

 private:
  // Not the library's distributions: their numbers differ from one library to another.
  double uniform() { return (static_cast<double>(random_() >> 11) + 0.5) / 9007199254740992.0; }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  double normal() {
    return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform());
  }

  DiffScene scene_;
  std::mt19937_64 random_;
  StreamBuilder stream_;
};

}  // namespace hoodtrace
