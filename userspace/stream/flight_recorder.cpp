// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/flight_recorder.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "base/result.hpp"
#include "stream/column_decoder.hpp"

namespace hoodtrace {
namespace {

bool is_counter_tick(const RecordView& record) {
  return record.head->type == HT_TICK && record.bytes >= sizeof(ht_tick) &&
         reinterpret_cast<const ht_tick*>(record.head)->kind == HT_TICK_COUNTERS;
}

bool is_end_tick(const RecordView& record) {
  return record.head->type == HT_TICK && record.bytes >= sizeof(ht_tick) &&
         reinterpret_cast<const ht_tick*>(record.head)->kind == HT_TICK_END;
}

// Copies a stream into a recording. In the first segment, the first ht_task_books of each task
// becomes its ht_task_seen.
class Copy {
 public:
  explicit Copy(Recorder& recorder) : recorder_(recorder) {}

  Result<void> write(std::span<const RecordView> records, bool is_first_segment) {
    std::vector<RecordView> views(records.begin(), records.end());
    changed_.clear();
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < views.size(); i++) {
      const RecordView& view = views[i];
      last_ns_ = std::max<std::uint64_t>(last_ns_, view.head->time_ns);
      has_end_ = has_end_ || is_end_tick(view);
      if (!is_first_segment || view.head->type != HT_TASK_BOOKS ||
          view.bytes < sizeof(ht_task_seen) || !seen_.insert(view.head->tid).second)
        continue;
      ht_task_seen seen;
      std::memcpy(&seen, view.head, sizeof(seen));
      seen.task.head.type = HT_TASK_SEEN;
      changed_.add(seen);
      at.push_back(i);
    }
    for (std::size_t i = 0; i < at.size(); i++) views[at[i]] = changed_.at(i);
    return recorder_.write(views);
  }

  // A stream that goes on has no end yet.
  Result<void> end() {
    if (has_end_) return {};
    ht_tick tick{};
    tick.head = {last_ns_, 0, HT_TICK, HT_NO_CPU};
    tick.kind = HT_TICK_END;
    tick.command_status = HT_NO_STATUS;
    changed_.clear();
    changed_.add(tick);
    const RecordView view = changed_.at(0);
    return recorder_.write({&view, 1});
  }

  [[nodiscard]] std::uint64_t last_ns() const { return last_ns_; }

 private:
  Recorder& recorder_;
  std::unordered_set<std::uint32_t> seen_;
  RecordBuffer changed_;
  std::uint64_t last_ns_ = 0;
  bool has_end_ = false;
};

Result<void> copy_block(const BlockHeader& header, std::span<const std::uint8_t> packed,
                        bool is_first_segment, Copy& copy) {
  BlockUnpacker unpacker;
  ColumnDecoder decoder;
  const std::span<const std::uint8_t> payload =
      unpacker.unpack(header, packed.subspan(sizeof(header)));
  bool malformed = !decoder.begin(payload, header.records, header.first_ns);
  while (!malformed) {
    const std::span<const RecordView> views = decoder.next(malformed);
    if (views.empty()) return {};
    RETURN_IF_ERROR(copy.write(views, is_first_segment));
  }
  return failed("a block in memory cannot be read: this is a bug of hoodtrace's");
}

}  // namespace

std::uint64_t FlightRecorder::counters_interval_ns(std::uint64_t keep_ns) {
  return std::clamp<std::uint64_t>(keep_ns / 4, 100'000'000, 5'000'000'000);
}

FlightRecorder::FlightRecorder(std::uint64_t keep_ns, const RecordingForm& form)
    : keep_ns_(keep_ns),
      form_(form),
      segments_(1),
      writer_(form.zstd_level, {},
              [this](const BlockHeader& header, std::span<const std::uint8_t> packed) {
                take_block(header, packed);
                return Result<void>();
              }) {}

FlightRecorder::~FlightRecorder() {
  if (dumper_.joinable()) dumper_.join();
  (void)writer_.finish();
}

// Blocks are finished some time after they were closed: meanwhile later segments may have begun,
// and its own may be forgotten.
void FlightRecorder::take_block(const BlockHeader& header, std::span<const std::uint8_t> packed) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = taken_++;
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    if (segment->first_block > number) continue;
    segment->blocks.push_back({number, header, {packed.begin(), packed.end()}});
    bytes_ += packed.size();
    break;
  }
  while (segments_.size() > 1 && is_full()) forget_oldest();
  taken_more_.notify_all();
}

// A segment is removed when the segments after it cover the time to keep and no recording that was
// requested is still to be made of it, or when the memory is full.
void FlightRecorder::forget_old(std::uint64_t now_ns) {
  const auto is_old = [&] { return !is_wanted_ && segments_[1].start_ns + keep_ns_ <= now_ns; };
  while (segments_.size() > 1 && (is_old() || is_full())) forget_oldest();
}

void FlightRecorder::forget_oldest() {
  for (const Block& block : segments_.front().blocks) bytes_ -= block.packed.size();
  segments_.pop_front();
}

void FlightRecorder::begin_segment(std::uint64_t now_ns) {
  Segment segment;
  segment.start_ns = now_ns;
  segment.first_block = writer_.close();
  opening_.fill(now_ns, segment.opening);
  const std::lock_guard lock(mutex_);
  segments_.push_back(std::move(segment));
  forget_old(now_ns);
}

Result<void> FlightRecorder::write(std::span<const RecordView> records) {
  std::size_t from = 0;
  // The very first segment begins with the stream. Later ones are not the first: none begins at 0.
  if (last_ns_ == 0 && !records.empty()) {
    const std::lock_guard lock(mutex_);
    segments_.front().start_ns = records.front().head->time_ns;
  }
  for (std::size_t i = 0; i < records.size(); i++) {
    const RecordView& record = records[i];
    last_ns_ = std::max<std::uint64_t>(last_ns_, record.head->time_ns);
    opening_.follow(record);
    if (is_counter_tick(record)) {
      RETURN_IF_ERROR(writer_.write(records.subspan(from, i - from)));
      begin_segment(record.head->time_ns);
      from = i;
    } else if (opening_.is_seen_again(record)) {  // says nothing new
      if (i > from) RETURN_IF_ERROR(writer_.write(records.subspan(from, i - from)));
      from = i + 1;
    }
  }
  return writer_.write(records.subspan(from));
}

FlightRecorder::Dump FlightRecorder::write_file(const std::string& path, const RecordingForm& form,
                                                const std::vector<Segment>& segments) {
  Dump dump;
  dump.path = path;
  // Records arrive faster than they are compressed, but they can wait.
  BlockWriter::Limits limits;
  limits.waits = true;
  RecordingForm unlimited = form;
  unlimited.max_bytes = 0;
  Result<std::unique_ptr<Recorder>> recorder = Recorder::create(path, unlimited, limits);
  if (!recorder) {
    dump.outcome = recorder.error();
    return dump;
  }
  Copy copy(**recorder);
  std::vector<RecordView> opening;
  const RecordBuffer& names = segments.front().opening;
  for (std::size_t i = 0; i < names.size(); i++) opening.push_back(names.at(i));
  dump.outcome = copy.write(opening, false);
  for (const Segment& segment : segments)
    for (const Block& block : segment.blocks)
      if (dump.outcome) {
        // The very first segment begins with the stream's own ht_task_seen.
        const bool begins_here = &segment == &segments.front() && names.size() > 0;
        dump.outcome = copy_block(block.header, block.packed, begins_here, copy);
      }
  if (dump.outcome) dump.outcome = copy.end();
  const Result<void> finished = (*recorder)->finish();
  if (dump.outcome) dump.outcome = finished;
  dump.records = (*recorder)->records();
  dump.bytes = (*recorder)->bytes();
  const std::uint64_t start_ns = segments.front().start_ns;
  dump.span_ns = copy.last_ns() > start_ns ? copy.last_ns() - start_ns : 0;
  return dump;
}

// The segments of the first `blocks` blocks, when all of these are there.
std::vector<FlightRecorder::Segment> FlightRecorder::copy_segments(std::uint64_t blocks) {
  std::unique_lock lock(mutex_);
  taken_more_.wait(lock, [this, blocks] { return taken_ >= blocks; });
  std::vector<Segment> segments;
  for (const Segment& segment : segments_) {
    if (!segments.empty() && segment.first_block >= blocks) break;
    segments.push_back(segment);
    std::erase_if(segments.back().blocks,
                  [blocks](const Block& block) { return block.number >= blocks; });
  }
  is_wanted_ = false;
  return segments;
}

bool FlightRecorder::start_dump(const std::string& path) {
  if (dumper_.joinable()) return false;
  const std::uint64_t blocks = writer_.close();
  {
    // On a busy machine the thread may begin seconds later.
    const std::lock_guard lock(mutex_);
    is_wanted_ = true;
    dump_done_ = false;
  }
  dumper_ = std::thread([this, path, blocks] {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 0);  // it may wait
    Dump dump = write_file(path, form_, copy_segments(blocks));
    const std::lock_guard lock(mutex_);
    dump_ = std::move(dump);
    dump_done_ = true;
  });
  return true;
}

bool FlightRecorder::take_dump(Dump& dump, bool wait) {
  if (!dumper_.joinable()) return false;
  {
    const std::lock_guard lock(mutex_);
    if (!wait && !dump_done_) return false;
  }
  dumper_.join();
  dumper_ = std::thread();
  dump = dump_;
  return true;
}

std::uint64_t FlightRecorder::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::uint64_t FlightRecorder::span_ns() const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t start_ns = segments_.front().start_ns;
  return last_ns_ > start_ns && start_ns != 0 ? last_ns_ - start_ns : 0;
}

}  // namespace hoodtrace
