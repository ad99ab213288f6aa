// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/block_device.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <fstream>

#include "base/fd.hpp"

namespace hoodtrace {
namespace {

constexpr unsigned kMinorBits = 20;  // include/linux/kdev_t.h

std::string line_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The kernel's own numbers of the file. Where the device cannot be opened, those of what has its path
// now.
std::optional<BlockDevice::Backing> backing_of(const std::string& name, const std::string& path,
                                               const std::filesystem::path& folder) {
  BlockDevice::Backing backing;
  const Fd device(::open(("/dev/" + name).c_str(), O_RDONLY | O_CLOEXEC));
  loop_info64 status{};
  if (device && ::ioctl(device.get(), LOOP_GET_STATUS64, &status) == 0)
    backing.offset = status.lo_offset;
  else
    std::ifstream(folder / "offset") >> backing.offset;
  // Not lo_device and lo_inode: btrfs has other numbers there than stat(2) shows.
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return std::nullopt;
  if (status.lo_inode != 0 && status.lo_inode != file.st_ino) return std::nullopt;
  backing.dev = ::major(file.st_dev) << kMinorBits | ::minor(file.st_dev);
  backing.inode = file.st_ino;
  return backing;
}

}  // namespace

BlockDevice read_block_device(std::uint32_t dev) {
  BlockDevice device;
  const std::filesystem::path folder =
      fmt::format("/sys/dev/block/{}:{}", dev >> kMinorBits, dev & ((1U << kMinorBits) - 1));
  std::ifstream events(folder / "uevent");
  for (std::string line; std::getline(events, line);)
    if (line.starts_with("DEVNAME=")) device.name = line.substr(line.find('=') + 1);
  if (device.name.empty()) return device;
  if (std::string name = line_of(folder / "dm" / "name"); !name.empty()) {
    device.behind = std::move(name);
  } else if (std::string level = line_of(folder / "md" / "level"); !level.empty()) {
    device.behind = std::move(level);
  } else if (std::string path = line_of(folder / "loop" / "backing_file"); !path.empty()) {
    device.backing = backing_of(device.name, path, folder / "loop");
    device.behind = std::move(path);
  }
  return device;
}

}  // namespace hoodtrace
