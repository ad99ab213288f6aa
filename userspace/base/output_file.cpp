// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/write_all.hpp"

namespace hoodtrace {
namespace {

constexpr int kWrite = O_WRONLY | O_CLOEXEC | O_NOCTTY;

Error cannot_write(const std::string& path) {
  return failed(fmt::format("cannot write {}: {}; give a path you may write to (-o, -w, --html)",
                            path, std::strerror(errno)));
}

bool is_regular(const std::string& path, struct stat& status) {
  return !path.empty() && path != "-" && ::stat(path.c_str(), &status) == 0 &&
         S_ISREG(status.st_mode);
}

// Makes NAME.partial, or NAME.2.partial where that exists: it may be all that is left of a run.
Fd make_partial(const std::string& target, unsigned mode, std::string& name) {
  constexpr int kTries = 100;
  for (int i = 1; i < kTries; i++) {
    name = i == 1 ? target + ".partial" : fmt::format("{}.{}.partial", target, i);
    Fd fd(::open(name.c_str(), kWrite | O_CREAT | O_EXCL, mode));
    if (fd || errno != EEXIST) return fd;
  }
  return {};
}

}  // namespace

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(written_, other.written_);
  std::swap(target_, other.target_);
  std::swap(empties_, other.empties_);
  std::swap(is_kept_, other.is_kept_);
  return *this;
}

OutputFile::~OutputFile() {
  if (!written_.empty() && !is_kept_) ::unlink(written_.c_str());
}

Result<OutputFile> OutputFile::create(const std::string& path, unsigned mode, Replace replace) {
  OutputFile file;
  file.path_ = path == "-" ? "standard output" : path;
  if (path == "-") {
    file.fd_ = Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!file.fd_) return cannot_write(file.path_);
    return file;
  }
  struct stat old {};
  if (::stat(path.c_str(), &old) != 0) {
    if (errno == ENOENT) file.fd_ = Fd(::open(path.c_str(), kWrite | O_CREAT, mode));
    if (!file.fd_) return cannot_write(path);
    file.written_ = path;
    return file;
  }
  if (!S_ISREG(old.st_mode) || replace == Replace::kAtFirstByte) {
    file.fd_ = Fd(::open(path.c_str(), kWrite));
    if (!file.fd_) return cannot_write(path);
    file.empties_ = S_ISREG(old.st_mode);
    return file;
  }
  if (::access(path.c_str(), W_OK) != 0) return cannot_write(path);
  // The file that a symbolic link leads to is replaced, and not the link.
  std::array<char, PATH_MAX> real{};
  file.target_ = ::realpath(path.c_str(), real.data()) == nullptr ? path : real.data();
  std::string name;
  file.fd_ = make_partial(file.target_, mode, name);
  if (!file.fd_) return cannot_write(name);
  file.written_ = name;
  // As far as we may.
  if (::fchown(file.fd_.get(), old.st_uid, old.st_gid) != 0) errno = 0;
  if (::fchmod(file.fd_.get(), old.st_mode & 07777) != 0) errno = 0;
  return file;
}

Result<void> OutputFile::write(std::string_view bytes) {
  if (std::exchange(empties_, false) && ::ftruncate(fd_.get(), 0) != 0) return cannot_write(path_);
  return write_all(fd_.get(), bytes, path_);
}

Result<void> OutputFile::finish() {
  // Nothing at all was to be written: then that is what the file is to have.
  if (empties_) RETURN_IF_ERROR(write({}));
  const std::string written = std::exchange(written_, {});
  if (target_.empty() || ::rename(written.c_str(), target_.c_str()) == 0) return {};
  // For example a file that is a mount point.
  written_ = written;
  return copy_into_old();
}

Result<void> OutputFile::copy_into_old() const {
  const Fd from(::open(written_.c_str(), O_RDONLY | O_CLOEXEC));
  const Fd to(::open(target_.c_str(), kWrite | O_TRUNC));
  if (!from || !to) return cannot_write(path_);
  std::array<char, 65536> bytes{};
  for (;;) {
    const ssize_t got = ::read(from.get(), bytes.data(), bytes.size());
    if (got < 0) return cannot_write(path_);
    if (got == 0) return {};
    RETURN_IF_ERROR(write_all(to.get(), {bytes.data(), static_cast<std::size_t>(got)}, path_));
  }
}

Result<void> check_not_same_file(const std::string& input, const std::string& output) {
  struct stat in {};
  struct stat out {};
  if (!is_regular(input, in) || !is_regular(output, out)) return {};
  if (in.st_dev != out.st_dev || in.st_ino != out.st_ino) return {};
  return usage(fmt::format("{} and {} are the same file: write to another one", input, output));
}

}  // namespace hoodtrace
