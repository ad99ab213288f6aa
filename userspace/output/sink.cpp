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

Result<Sink> Sink::open(const std::string& path, bool keep_stdout) {
  Sink sink;
  if (path.empty() || path == "-") {
    sink.fd_ = keep_stdout && path.empty() ? STDERR_FILENO : STDOUT_FILENO;
    sink.name_ = sink.fd_ == STDOUT_FILENO ? "standard output" : "standard error";
    return sink;
  }
  // Like a recording it may have the arguments of every program in it.
  sink.owned_ = Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!sink.owned_)
    return failed(fmt::format("cannot write {}: {}; give -o a path you may write to", path,
                              std::strerror(errno)));
  sink.fd_ = sink.owned_.get();
  sink.name_ = path;
  return sink;
}

Result<void> Sink::write(const std::string& bytes) { return write_all(fd_, bytes, name_); }

bool Sink::is_terminal() const { return ::isatty(fd_) == 1; }

std::size_t Sink::width() const {
  winsize size{};
  if (!is_terminal() || ::ioctl(fd_, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace hoodtrace
