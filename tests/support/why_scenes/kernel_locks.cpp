// SPDX-License-Identifier: GPL-2.0-or-later
// Locks of the kernel that two threads want. Waiters spin while the holder runs (CONFIG_MUTEX_SPIN_
// ON_OWNER), so the holders sleep for the disk, or hold the lock for long.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kBlock = 64 * kPage;
constexpr std::uint64_t kMib = 1 << 20;

int open_new(const Script& script, const char* name, int flags) {
  const std::string path = script.text("folder", ".") + "/" + name;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);
  if (fd < 0) cannot("no file system on a disk");
  return fd;
}

char* aligned_block() {
  void* block = nullptr;
  if (::posix_memalign(&block, kPage, kBlock) != 0) std::abort();
  std::memset(block, 1, kBlock);
  return static_cast<char*>(block);
}

// Two threads that do the same, until both have done it `count` times: neither is ever alone for long.
void twice(const Script& script, Notes& notes, const std::function<void(char*)>& act) {
  const std::uint64_t count = script.number("count", 100);
  std::atomic<std::uint32_t> begun{0};
  std::atomic<std::uint32_t> done{0};
  std::thread threads[2];
  for (int t = 0; t < 2; t++)
    threads[t] = notes.start("writer-" + std::to_string(t), [&] {
      char* block = aligned_block();
      begun++;
      await(begun, 2);
      for (std::uint64_t i = 0; i < 20 * count && done < 2; i++) {
        {
          const Waiting waiting(notes, "write");
          act(block);
        }
        if (i + 1 == count) done++;
      }
      std::free(block);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

// write(2) moves the position of the open file under its f_pos_lock.
void play_position(const Script& script, Notes& notes) {
  const int fd = open_new(script, "position", O_DSYNC);
  twice(script, notes, [fd](char* block) { (void)!::write(fd, block, kPage); });
}

// Direct writes beyond the end of a file hold its i_rwsem until the disk has them (ext4_dio_write_
// iter, fs/ext4/file.c).
void play_inode(const Script& script, Notes& notes) {
  const int fd = open_new(script, "inode", O_DIRECT);
  std::atomic<std::uint64_t> end{0};
  twice(script, notes, [fd, &end](char* block) {
    (void)!::pwrite(fd, block, kBlock, static_cast<off_t>(kBlock * end++));
  });
}

// "populator" has mmap_lock to read while it fills memory; "mapper" wants it to write.
void play_mmap_lock(const Script& script, Notes& notes) {
  const std::uint64_t bytes = script.number("mib", 128) * kMib;
  const std::uint64_t count = script.number("count", 5);
  std::atomic<std::uint32_t> over{0};
  std::thread populator = notes.start("populator", [&] {
    for (std::uint64_t i = 0; i < count; i++) {
      void* place =
          ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      // Pages of 4 KiB: it takes long.
      ::madvise(place, bytes, MADV_NOHUGEPAGE);
      ::madvise(place, bytes, MADV_POPULATE_WRITE);
      ::munmap(place, bytes);
    }
    over = 1;
  });
  std::thread mapper = notes.start("mapper", [&] {
    while (over == 0) {
      {
        const Waiting waiting(notes, "mmap");
        void* place = ::mmap(nullptr, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ::munmap(place, kPage);
      }
      sleep_us(500);
    }
  });
  populator.join();
  mapper.join();
}

}  // namespace why_scenes
