// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/boot/file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

#include "base/result.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kBufferRecords = 4096;

}  // namespace

std::uint64_t free_bytes(const std::string& folder) {
  struct statvfs room {};
  if (::statvfs(folder.c_str(), &room) != 0) return 0;
  return static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
}

BootFile::BootFile(std::string folder, std::string name, std::uint64_t limit_bytes)
    : folder_(std::move(folder)), name_(std::move(name)) {
  form_.max_bytes = limit_bytes;
}

Result<void> BootFile::write(std::span<const RecordView> records) {
  if (recorder_) return recorder_->write(records);
  // Records in progress when the limit is reached are still written, above all the capture's end.
  if (held_bytes_ >= kHeldBytes + kHeldBytes / 4)
    return failed("the file system for the capture did not come up in time");
  for (const RecordView& record : records) {
    if (held_.empty() || held_.back().size() >= kBufferRecords) held_.emplace_back();
    held_.back().add_bytes(record.head, record.bytes);
    held_bytes_ += record.bytes;
  }
  return {};
}

Result<void> BootFile::open() {
  if (is_open()) return {};
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST)
    return failed(fmt::format("cannot make {}: {}", folder_, std::strerror(errno)));
  const std::uint64_t room = free_bytes(folder_);
  if (room < kReserveBytes + held_bytes_)
    return failed(fmt::format("{} has only {} left", folder_, format_bytes(room)));
  Result<std::unique_ptr<Recorder>> recorder = Recorder::create(path(), form_);
  if (!recorder) return recorder.error();
  recorder_ = std::move(*recorder);
  std::vector<RecordView> views;
  for (const RecordBuffer& buffer : held_) {
    views.clear();
    for (std::size_t i = 0; i < buffer.size(); i++) views.push_back(buffer.at(i));
    RETURN_IF_ERROR(recorder_->write(views));
  }
  held_.clear();
  held_bytes_ = 0;
  return {};
}

bool BootFile::has_room() const { return !is_open() || free_bytes(folder_) >= kReserveBytes; }

Result<void> BootFile::finish() { return recorder_ ? recorder_->finish() : Result<void>(); }

}  // namespace hoodtrace
