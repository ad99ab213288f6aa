// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/sink.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/write_all.hpp"

namespace hoodtrace {

Result<Sink> Sink::open(const std::string& path, bool keep_stdout, Replace replace) {
  Sink sink;
  if (path.empty() || path == "-") {
    sink.fd_ = keep_stdout && path.empty() ? STDERR_FILENO : STDOUT_FILENO;
    sink.name_ = sink.fd_ == STDOUT_FILENO ? "standard output" : "standard error";
    return sink;
  }
  // Like a recording it may have the arguments of every program in it.
  Result<OutputFile> file = OutputFile::create(path, 0600, replace);
  if (!file) return file.error();
  sink.file_ = std::move(*file);
  sink.is_file_ = true;
  sink.fd_ = sink.file_.fd();
  return sink;
}

Result<void> Sink::write(const std::string& bytes) {
  return is_file_ ? file_.write(bytes) : write_all(fd_, bytes, name_);
}

Result<void> Sink::finish() { return is_file_ ? file_.finish() : Result<void>(); }

bool Sink::is_terminal() const { return ::isatty(fd_) == 1; }

std::size_t Sink::width() const {
  winsize size{};
  if (!is_terminal() || ::ioctl(fd_, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace hoodtrace
