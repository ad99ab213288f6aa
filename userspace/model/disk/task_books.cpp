// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/disk/task_books.hpp"

#include "base/growth.hpp"

namespace hoodtrace {
void TaskBooks::begin_at_0(std::uint64_t now_ns) {
  *this = {};
  first_ = Reading{{}, now_ns};
}

void TaskBooks::count(const ht_disk_books& books) {
  const Reading now{{books.read_bytes, books.write_bytes}, books.head.time_ns};
  if (!first_) {
    first_ = now;
    return;
  }
  last_ = now;
  ours_.read += after_.read;
  ours_.written += after_.written;
  after_ = {};
}

TaskBooks::Bytes* TaskBooks::place_of(std::uint64_t submitted_ns) {
  if (!first_ || submitted_ns <= first_->time_ns) return nullptr;
  return last_ && submitted_ns <= last_->time_ns ? &ours_ : &after_;
}

void TaskBooks::read(std::uint64_t bytes, std::uint64_t submitted_ns) {
  if (Bytes* place = place_of(submitted_ns)) place->read += bytes;
}

void TaskBooks::write(std::uint64_t bytes, std::uint64_t submitted_ns) {
  if (Bytes* place = place_of(submitted_ns)) place->written += bytes;
}

void TaskBooks::begin_interval() {
  if (!last_) return;
  first_ = last_;
  last_.reset();
  ours_ = {};
}

std::optional<TaskBooks::Audit> TaskBooks::audit() const {
  if (!first_ || !last_) return std::nullopt;
  return Audit{ours_,
               {growth(first_->bytes.read, last_->bytes.read),
                growth(first_->bytes.written, last_->bytes.written)}};
}

}  // namespace hoodtrace
