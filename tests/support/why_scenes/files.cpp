// SPDX-License-Identifier: GPL-2.0-or-later
// Files: pages that are not in memory, by three ways; a lock of another process.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

constexpr std::size_t kPage = 4096;

// A file on the disk whose pages are not in memory. Its reads have no read-ahead.
class ColdFile {
 public:
  ColdFile(const std::string& path, std::uint64_t pages) : bytes_(pages * kPage) {
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd_ < 0) cannot("no file system on a disk");
    char page[kPage];
    std::memset(page, 1, sizeof(page));
    for (std::uint64_t i = 0; i < pages; i++) (void)!::write(fd_, page, kPage);
    ::fsync(fd_);
    ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);
    ::posix_fadvise(fd_, 0, 0, POSIX_FADV_RANDOM);
  }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const char* map() const {
    void* place = ::mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, fd_, 0);
    if (place == MAP_FAILED) std::abort();
    ::madvise(place, bytes_, MADV_RANDOM);
    return static_cast<const char*>(place);
  }

 private:
  std::uint64_t bytes_;
  int fd_ = -1;
};

}  // namespace

// "reader" reads the pages, "faulter" touches them in a mapping, "copier" hands them to write(2).
// Each has a file of its own, so that one is not read for the other.
void play_cold(const Script& script, Notes& notes) {
  const std::string folder = script.text("folder", ".");
  const std::uint64_t pages = script.number("pages", 300);
  const ColdFile read(folder + "/read", pages);
  const ColdFile faulted(folder + "/faulted", pages);
  const ColdFile copied(folder + "/copied", pages);
  notes
      .start("reader",
             [&] {
               char page[kPage];
               for (std::uint64_t i = 0; i < pages; i++) {
                 const Waiting waiting(notes, "read");
                 (void)!::pread(read.fd(), page, kPage, static_cast<off_t>(i * kPage));
               }
             })
      .join();
  const char* touched = faulted.map();
  notes
      .start("faulter",
             [&] {
               for (std::uint64_t i = 0; i < pages; i++) {
                 const Waiting waiting(notes, "touch");
                 (void)*const_cast<const volatile char*>(touched + i * kPage);
               }
             })
      .join();
  const char* source = copied.map();
  const int memory = ::memfd_create("copies", MFD_CLOEXEC);
  notes
      .start("copier",
             [&] {
               for (std::uint64_t i = 0; i < pages; i++) {
                 const Waiting waiting(notes, "write");
                 (void)!::write(memory, source + i * kPage, kPage);
               }
             })
      .join();
}

// "holder" has the lock of a file for `ms`; "waiter" asks for it with F_SETLKW.
void play_file_lock(const Script& script, Notes& notes) {
  const std::string path = script.text("folder", ".") + "/locked";
  std::atomic<std::uint32_t>* flags = shared_flags(1);
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) cannot("no file system on a disk");
  ::close(made);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  const pid_t holder = notes.fork("holder", [&] {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    ::fcntl(fd, F_SETLKW, &whole);
    flags[0] = 1;
    sleep_us(script.number("ms", 50) * 1000);
    ::close(fd);
  });
  const pid_t waiter = notes.fork("waiter", [&] {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    await(flags[0]);
    const Waiting waiting(notes, "lock");
    ::fcntl(fd, F_SETLKW, &whole);
  });
  ::waitpid(holder, nullptr, 0);
  ::waitpid(waiter, nullptr, 0);
}

}  // namespace why_scenes
