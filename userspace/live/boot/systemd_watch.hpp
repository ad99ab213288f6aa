// SPDX-License-Identifier: GPL-2.0-or-later
// Watches the service manager from a thread of its own: a manager that is busy must not hold up the
// draining of the rings.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "live/boot/systemd_bus.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class SystemdWatch {
 public:
  // `until`: a unit to become active, or "idle".
  explicit SystemdWatch(std::string until);
  SystemdWatch(const SystemdWatch&) = delete;
  SystemdWatch& operator=(const SystemdWatch&) = delete;
  // Waits for the pending answer, five seconds at most.
  ~SystemdWatch();

  [[nodiscard]] bool is_reached() const { return reached_; }

  // Asks for phases and units as they are now; take() has them when is_done().
  void finish() { finishing_ = true; }
  [[nodiscard]] bool is_done() const { return done_; }

  // The records made since the last call: marks, an initrd's units, and at the end the rest.
  RecordBuffer take();
  // Why phases or units are missing; empty = nothing is. With is_done().
  std::string problem();

 private:
  void run();
  void look();
  void look_in_initrd();
  void collect();
  void mark(std::uint32_t kind, const char* text);
  void add(RecordBuffer& records);

  std::string until_;
  // These are the thread's alone.
  std::optional<SystemdBus> bus_;
  std::string refusal_ = "no answer";  // why there is no connection
  bool was_in_initrd_ = false;
  bool has_initrd_units_ = false;
  bool has_local_fs_ = false;

  std::atomic<bool> stop_ = false;
  std::atomic<bool> reached_ = false;
  std::atomic<bool> finishing_ = false;
  std::atomic<bool> done_ = false;
  std::mutex mutex_;  // of what follows
  RecordBuffer made_;
  std::string problem_;
  std::thread thread_;
};

}  // namespace hoodtrace
