// Writes the stream into a trace file, mode 0600.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "event/event.hpp"

namespace hoodtrace {

class Recorder {
 public:
  // Makes or truncates the file.
  static Result<Recorder> create(const std::string& path);

  // Appends one record; buffered. An error (a full disk, say) is final.
  Result<void> write(RecordView record);

  // Writes out what is buffered.
  Result<void> flush();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  Recorder(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  Fd fd_;
  std::vector<char> buffer_;
  std::uint64_t bytes_ = 0;
};

}  // namespace hoodtrace
