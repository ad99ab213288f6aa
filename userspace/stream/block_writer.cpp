// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/block_writer.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace hoodtrace {
namespace {

// Records are of very different sizes; a block of long ones is closed by its bytes.
constexpr std::size_t kBlockBytes = std::size_t{8} << 20;
constexpr std::size_t kSpares = 4;

bool is_tick(const RecordView& record) {
  return record.head->type == HT_TICK || record.head->type == HT_SESSION;
}

}  // namespace

BlockWriter::BlockWriter(int level, const Limits& limits, Take take)
    : limits_(limits), take_(std::move(take)), packer_(level) {}

BlockWriter::~BlockWriter() { (void)finish(); }

void BlockWriter::close_block() {
  if (filling_.size() == 0) return;
  closed_++;
  full_.push_back(std::move(filling_));
  filling_ = RecordBuffer();
  if (spare_.empty()) return;
  filling_ = std::move(spare_.back());
  spare_.pop_back();
}

void BlockWriter::add_dropped() {
  if (gap_.records == 0) return;
  gap_.what = HT_TROUBLE_UNWRITTEN;
  const std::size_t before = filling_.bytes();
  add_gap(gap_, cpus_, filling_);
  pending_bytes_ += filling_.bytes() - before;
  gap_ = {};
}

void BlockWriter::add(RecordView record) {
  const ht_header& head = *record.head;
  if (head.cpu < HT_CPU_LIMIT) cpus_ = std::max<std::uint32_t>(cpus_, head.cpu + 1U);
  if (pending_bytes_ + record.bytes > limits_.memory_bytes && !is_tick(record)) {
    dropped_++;
    if (gap_.records++ == 0) gap_.first_ns = head.time_ns;
    gap_.last_ns = head.time_ns;
    return;
  }
  if (filling_.size() == 0) filling_since_ = std::chrono::steady_clock::now();
  add_dropped();
  const std::size_t before = filling_.bytes();
  filling_.add_view(record);
  pending_bytes_ += filling_.bytes() - before;
  if (filling_.size() >= limits_.block_records || filling_.bytes() >= kBlockBytes) close_block();
}

Result<void> BlockWriter::write(std::span<const RecordView> records) {
  std::unique_lock lock(mutex_);
  if (limits_.waits)
    room_.wait(lock, [this] { return !failure_ || pending_bytes_ < limits_.memory_bytes / 2; });
  if (!failure_) return failure_;
  const std::size_t before = full_.size();
  for (const RecordView& record : records)
    if (record.bytes >= sizeof(ht_header) && record.bytes <= kMaxRecordBytes) add(record);
  if (!thread_.joinable() && !records.empty()) thread_ = std::thread([this] { run(); });
  if (full_.size() != before) work_.notify_one();
  return {};
}

std::uint64_t BlockWriter::close() {
  const std::lock_guard lock(mutex_);
  close_block();
  work_.notify_one();
  return closed_;
}

Result<void> BlockWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    work_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  return failure_;
}

std::uint64_t BlockWriter::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

// Waits for the next block to encode; false when there will be none.
bool BlockWriter::take_block(std::unique_lock<std::mutex>& lock, RecordBuffer& block) {
  for (;;) {
    const bool is_old =
        filling_.size() > 0 && std::chrono::steady_clock::now() - filling_since_ >= limits_.age;
    if (full_.empty() && (stopping_ || is_old)) {
      if (stopping_) add_dropped();
      close_block();
    }
    if (!full_.empty()) break;
    if (stopping_) return false;
    work_.wait_for(lock, limits_.age / 2);
  }
  block = std::move(full_.front());
  full_.pop_front();
  return true;
}

bool BlockWriter::takes_longest() const { return taking_ns_ > making_ns_; }

Result<void> BlockWriter::encode(const RecordBuffer& block, bool hurried) {
  using Clock = std::chrono::steady_clock;
  const auto ns_since = [](Clock::time_point from) {
    return std::chrono::nanoseconds(Clock::now() - from).count();
  };
  const Clock::time_point begun = Clock::now();
  ColumnEncoder::Span span;
  const std::vector<std::uint8_t>& payload = encoder_.encode(block, span);
  block_cpus_ = std::max(block_cpus_, span.cpus);
  BlockHeader header;
  header.records = static_cast<std::uint32_t>(block.size());
  header.first_ns = span.first_ns;
  header.last_ns = span.last_ns;
  header.records_before = records_before_;
  header.cpus = static_cast<std::uint16_t>(block_cpus_);
  records_before_ += header.records;
  const std::span<const std::uint8_t> packed = packer_.pack(header, payload, hurried);
  making_ns_ += ns_since(begun);
  const Clock::time_point made = Clock::now();
  Result<void> taken = take_(header, packed);
  taking_ns_ += ns_since(made);
  return taken;
}

// Whoever reads the kernel's rings runs ahead of all others. This work may wait, but not until records
// are lost for it.
void BlockWriter::set_priority() {
  const bool is_behind = pending_bytes_ > limits_.memory_bytes / (is_ahead_ ? 16 : 4);
  if (is_behind == is_ahead_) return;
  is_ahead_ = is_behind;
  constexpr int kAhead = -20;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), is_behind ? kAhead : 0);
}

void BlockWriter::run() {
  std::unique_lock lock(mutex_);
  RecordBuffer block;
  while (take_block(lock, block)) {
    set_priority();
    const bool hurried = pending_bytes_ > limits_.memory_bytes / 2;
    lock.unlock();
    const Result<void> taken = encode(block, hurried);
    const std::size_t bytes = block.bytes();
    block.clear();
    lock.lock();
    pending_bytes_ -= bytes;
    if (spare_.size() < kSpares) spare_.push_back(std::move(block));
    if (limits_.waits) room_.notify_all();
    if (!taken && failure_) failure_ = taken;
    if (!failure_) break;
  }
  room_.notify_all();
}

}  // namespace hoodtrace
