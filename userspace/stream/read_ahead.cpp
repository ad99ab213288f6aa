// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/read_ahead.hpp"

#include <utility>

namespace hoodtrace {

ReadAhead::ReadAhead(std::unique_ptr<Source> source)
    : source_(std::move(source)), thread_([this] { run(); }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool ReadAhead::read_into(Batch& batch) {
  batch.records.clear();
  batch.views.clear();
  const Result<std::span<const RecordView>> records = source_->next();
  batch.read = records ? Result<void>() : Result<void>(records.error());
  if (!records) return false;
  for (const RecordView& record : *records) batch.records.add_view(record);
  for (std::size_t i = 0; i < batch.records.size(); i++) batch.views.push_back(batch.records.at(i));
  return !records->empty();
}

void ReadAhead::run() {
  for (bool more = true; more;) {
    std::unique_lock lock(mutex_);
    // The batch that next() yielded last is not read into: its records live until the next call.
    changed_.wait(lock, [this] { return stopping_ || read_ - taken_ < kBatches - 1; });
    if (stopping_) return;
    Batch& batch = batches_[read_ % kBatches];
    lock.unlock();
    more = read_into(batch);
    lock.lock();
    read_++;
    ended_ = !more;
    changed_.notify_all();
  }
}

Result<std::span<const RecordView>> ReadAhead::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return read_ > taken_ || ended_; });
  if (read_ == taken_) return std::span<const RecordView>();
  const Batch& batch = batches_[taken_++ % kBatches];
  changed_.notify_all();
  if (!batch.read) return batch.read.error();
  return std::span<const RecordView>(batch.views);
}

}  // namespace hoodtrace
