// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/plain_source.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "stream/column_schema.hpp"
#include "stream/recording.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

struct RecordPrefix {
  std::uint32_t bytes;
  std::uint32_t zero;
};

// What the structs were when version 1 was written. One that grew since is filled up with zeros.
struct OldStruct {
  std::uint16_t type;
  std::uint16_t bytes;
};
constexpr OldStruct kOldStructs[] = {
    {HT_SWITCH, 56},      {HT_WAKING, 24},     {HT_WAKEUP, 24},      {HT_MIGRATE, 24},
    {HT_BEHIND, 288},     {HT_TASK_SEEN, 120}, {HT_TASK_NEW, 136},   {HT_TASK_NAME, 40},
    {HT_TASK_EXEC, 32},   {HT_TASK_END, 120},  {HT_TASK_BOOKS, 120}, {HT_TASK_CGROUP, 32},
    {HT_LOST, 152},       {HT_LIFE, 40},       {HT_PROGRAM, 40},     {HT_ARGV, 32},
    {HT_EXIT, 48},        {HT_WAIT, 32},       {HT_TASK_PIDS, 40},   {HT_SESSION, 40},
    {HT_CGROUP_NAME, 32}, {HT_TICK, 24},       {HT_TROUBLE, 32},
};

std::size_t old_bytes_of(std::uint16_t type) {
  for (const OldStruct& old : kOldStructs)
    if (old.type == type) return old.bytes;
  return 0;
}

}  // namespace

// The record as this program knows it.
RecordView PlainSource::up_to_date(RecordView record) {
  const std::size_t old_bytes = old_bytes_of(record.head->type);
  const std::size_t ours = struct_bytes_of(record.head->type);
  if (old_bytes == 0 || ours <= old_bytes || record.bytes < old_bytes) return record;
  const std::string_view bytes(reinterpret_cast<const char*>(record.head), record.bytes);
  std::string grown(bytes.substr(0, old_bytes));
  grown.append(ours - old_bytes, '\0').append(bytes.substr(old_bytes));
  grown_.push_back(std::make_unique<RecordBuffer>());
  grown_.back()->add_bytes(grown.data(), grown.size());
  return grown_.back()->at(0);
}

PlainSource::PlainSource(std::string path, Fd fd)
    : path_(std::move(path)), fd_(std::move(fd)), words_((kChunkBytes + 2 * kMaxRecordBytes) / 8) {}

Result<std::size_t> PlainSource::fill() {
  char* bytes = reinterpret_cast<char*>(words_.data());
  std::memmove(bytes, bytes + start_, end_ - start_);
  end_ -= start_;
  start_ = 0;
  const ssize_t got = ::read(fd_.get(), bytes + end_, words_.size() * 8 - end_);
  if (got < 0) return failed(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
  end_ += static_cast<std::size_t>(got);
  read_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

Result<std::span<const RecordView>> PlainSource::next() {
  views_.clear();
  grown_.clear();
  if (ended_) return std::span<const RecordView>();
  const Result<std::size_t> got = fill();
  if (!got) return got.error();

  const char* bytes = reinterpret_cast<const char*>(words_.data());
  bool malformed = false;
  while (end_ - start_ >= sizeof(RecordPrefix)) {
    RecordPrefix prefix;
    std::memcpy(&prefix, bytes + start_, sizeof(prefix));
    malformed = prefix.bytes < sizeof(ht_header) || prefix.bytes > kMaxRecordBytes ||
                prefix.bytes % 8 != 0 || prefix.zero != 0;
    if (malformed || end_ - start_ - sizeof(prefix) < prefix.bytes) break;
    const auto* head = reinterpret_cast<const ht_header*>(bytes + start_ + sizeof(prefix));
    views_.push_back(up_to_date({head, prefix.bytes}));
    last_ns_ = head->time_ns;
    start_ += sizeof(prefix) + prefix.bytes;
  }
  const bool at_end = *got == 0;
  if (malformed || (at_end && start_ != end_)) {
    ended_ = is_cut_ = true;
    ht_trouble trouble{};
    trouble.head = {last_ns_, 0, HT_TROUBLE, HT_NO_CPU};
    trouble.count = 1;
    trouble.what = HT_TROUBLE_UNDECODABLE;
    made_.clear();
    made_.add(trouble);
    views_.push_back(made_.at(0));
  } else if (at_end) {
    ended_ = true;
  } else if (views_.empty()) {
    return next();
  }
  return std::span<const RecordView>(views_);
}

}  // namespace hoodtrace
