// SPDX-License-Identifier: GPL-2.0-or-later
// A growing run of records in memory: how userspace makes records, and what tests replay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

class RecordBuffer {
 public:
  // Copies the struct, its tail if it has one (tail_bytes is set here), and pads to 8 bytes.
  template <class Record>
  void add(Record record, std::string_view tail = {}) {
    if constexpr (requires { record.tail_bytes; })
      record.tail_bytes = static_cast<std::uint32_t>(tail.size());
    add_bytes(&record, sizeof(record), tail);
  }

  void add_bytes(const void* bytes, std::size_t size, std::string_view tail = {}) {
    const std::size_t at = words_.size();
    words_.resize(at + (size + tail.size() + 7) / 8);
    std::memcpy(&words_[at], bytes, size);
    if (!tail.empty())
      std::memcpy(reinterpret_cast<char*>(&words_[at]) + size, tail.data(), tail.size());
    spans_.push_back({at, (words_.size() - at) * 8});
  }

  void clear() {
    words_.clear();
    spans_.clear();
  }

  // Any record; its size may be no multiple of 8.
  void add_view(RecordView record) {
    add_bytes(record.head, record.bytes);
    spans_.back().bytes = record.bytes;
  }

  [[nodiscard]] std::size_t size() const { return spans_.size(); }
  [[nodiscard]] std::size_t bytes() const { return words_.size() * 8; }

  // Valid until the next add or clear.
  [[nodiscard]] RecordView at(std::size_t index) const {
    const Span& span = spans_[index];
    return {reinterpret_cast<const ht_header*>(&words_[span.start]),
            static_cast<std::uint32_t>(span.bytes)};
  }

 private:
  struct Span {
    std::size_t start;
    std::size_t bytes;
  };
  std::vector<std::uint64_t> words_;
  std::vector<Span> spans_;
};

}  // namespace hoodtrace
