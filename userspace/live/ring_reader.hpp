// SPDX-License-Identifier: GPL-2.0-or-later
// Reads one BPF ring buffer in place: what is read stays in the ring until it is consumed.
//
// The protocol is the kernel's (kernel/bpf/ringbuf.c): two positions that only grow, a record
// behind an 8-byte header whose top bits say busy and discarded, the data mapped twice in a row so
// that a record never wraps.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "event/event.hpp"

namespace hoodtrace {

class RingReader {
 public:
  // `fd` is a BPF_MAP_TYPE_RINGBUF of `bytes` bytes.
  static Result<RingReader> create(Fd fd, std::size_t bytes);
  RingReader(RingReader&& other) noexcept;
  RingReader& operator=(RingReader&&) = delete;
  RingReader(const RingReader&) = delete;
  RingReader& operator=(const RingReader&) = delete;
  ~RingReader();

  [[nodiscard]] int fd() const { return fd_.get(); }

  // Reads how far the kernel has written. Later records are for the next call.
  void look();

  struct Item {
    RecordView record;
    std::uint64_t position;
  };

  // The next record that is complete, up to the last look. False: none, or the next is still being
  // written.
  bool scan(Item& item);

  // A record that was scanned and not consumed yet: the first at or after the position, which is
  // moved behind it.
  [[nodiscard]] RecordView read(std::uint64_t& position) const;

  // True when scan() stopped at a record still being written.
  [[nodiscard]] bool is_blocked() const { return blocked_; }

  // How full the ring was at the last look, 0 to 1.
  [[nodiscard]] double fill() const {
    return static_cast<double>(seen_end_ - consumed_) / static_cast<double>(bytes_);
  }

  // The position of the scan.
  [[nodiscard]] std::uint64_t scanned() const { return scanned_; }

  // Returns everything before `position` to the kernel.
  void consume_to(std::uint64_t position);

 private:
  RingReader(Fd fd, std::size_t bytes) : fd_(std::move(fd)), bytes_(bytes) {}

  Fd fd_;
  std::size_t bytes_ = 0;
  std::size_t page_bytes_ = 0;
  void* consumer_page_ = nullptr;
  void* producer_pages_ = nullptr;  // its position, then the data twice
  std::uint64_t scanned_ = 0;
  std::uint64_t seen_end_ = 0;
  std::uint64_t consumed_ = 0;
  bool blocked_ = false;
};

}  // namespace hoodtrace
