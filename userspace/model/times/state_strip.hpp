// SPDX-License-Identifier: GPL-2.0-or-later
// How a process spent its time, as a strip of equal pieces of time that is as fine as its life is
// short: bounded, whatever happens. Several threads add up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/times/task_time.hpp"

namespace hoodtrace {

class StateStrip {
 public:
  using Piece = std::array<float, kTaskTimes>;  // nanoseconds of each, all threads

  static constexpr std::size_t kPieces = 512;
  static constexpr std::uint64_t kLeastWidthNs = 1024;

  // The span [from_ns, to_ns) was spent so, by one thread. Spans may come in any order; what lies
  // before the first span's begin is cut off.
  void add(TaskTime time, std::uint64_t from_ns, std::uint64_t to_ns);
  // Something happened at that time; it is ignored when it lies before the first span.
  void mark(std::uint64_t at_ns);

  [[nodiscard]] std::uint64_t start_ns() const { return start_ns_; }
  [[nodiscard]] std::uint64_t width_ns() const { return width_ns_; }  // of a piece
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  // How often something happened, by piece; shorter when the last pieces have none.
  [[nodiscard]] const std::vector<std::uint32_t>& marks() const { return marks_; }

 private:
  void widen();
  // Makes the pieces long enough for `at`, nanoseconds since the start; its piece.
  std::size_t reach(std::uint64_t at);

  std::uint64_t start_ns_ = 0;
  std::uint64_t width_ns_ = kLeastWidthNs;
  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> marks_;
};

}  // namespace hoodtrace
