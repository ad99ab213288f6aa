// SPDX-License-Identifier: GPL-2.0-or-later
// Where a capture is written while the boot is still mounting file systems: first to memory, then
// to FOLDER/boot-TIME-ID.htrec, mode 0600, in a folder of mode 0700.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "stream/record_buffer.hpp"
#include "stream/recorder.hpp"

namespace hoodtrace {

class BootFile {
 public:
  // Memory for records before there is a file; above, the capture has to end. The recorder accepts
  // more at once.
  static constexpr std::size_t kHeldBytes = 40 << 20;
  // A file system with less free space is not written to: the boot needs it more.
  static constexpr std::uint64_t kReserveBytes = 16 << 20;

  BootFile(std::string folder, std::string name, std::uint64_t limit_bytes);

  // An error is final.
  Result<void> write(std::span<const RecordView> records);

  // Opens the file and writes the records held in memory. After an error (read-only, no space) they
  // stay in memory, and the caller may try again.
  Result<void> open();
  [[nodiscard]] bool is_open() const { return recorder_ != nullptr; }
  // The same in another folder, when the first cannot be made.
  void move_to(std::string folder) { folder_ = std::move(folder); }

  // The memory is full.
  [[nodiscard]] bool is_memory_full() const { return held_bytes_ >= kHeldBytes; }
  // The file's limit is near.
  [[nodiscard]] bool is_limit_near() const { return recorder_ && recorder_->is_full(); }
  // Has the file system more free space than the reserve? True while no file is open.
  [[nodiscard]] bool has_room() const;

  // Completes the file; last call.
  Result<void> finish();
  // With finish().
  [[nodiscard]] std::uint64_t bytes() const { return recorder_ ? recorder_->bytes() : 0; }
  [[nodiscard]] std::uint64_t dropped() const { return recorder_ ? recorder_->dropped() : 0; }
  [[nodiscard]] std::string path() const { return folder_ + "/" + name_; }

 private:
  std::string folder_;
  std::string name_;
  RecordingForm form_;
  std::vector<RecordBuffer> held_;
  std::size_t held_bytes_ = 0;
  std::unique_ptr<Recorder> recorder_;
};

// Bytes that can still be written below `folder`; 0 when it is not there.
std::uint64_t free_bytes(const std::string& folder);

}  // namespace hoodtrace
