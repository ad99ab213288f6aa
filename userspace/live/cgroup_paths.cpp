// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/cgroup_paths.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace hoodtrace {
namespace {

constexpr int kKernfsHandleType = 0xfe;  // FILEID_KERNFS, include/linux/exportfs.h

// /proc/self/mountinfo writes a space as \040, and so on.
std::string unescape(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      out +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string absolute_path(const std::string& mount, const std::string& path) {
  if (path == mount || path.starts_with(mount + "/")) return path;
  return mount + (path.starts_with("/") ? "" : "/") + path;
}

}  // namespace

std::string cgroup_v2_mount() {
  std::ifstream mounts("/proc/self/mountinfo");
  std::string line;
  while (std::getline(mounts, line)) {
    if (line.find(" - cgroup2 ") == std::string::npos) continue;
    std::size_t at = 0;
    for (int field = 0; field < 4; field++) at = line.find(' ', at) + 1;
    return unescape(line.substr(at, line.find(' ', at) - at));
  }
  return {};
}

Result<std::uint64_t> cgroup_id_of_path(const std::string& path) {
  const std::string mount = cgroup_v2_mount();
  if (mount.empty())
    return unsupported("--cgroup and --unit need cgroup v2, which is not mounted here");
  const std::string full = absolute_path(mount, path);
  struct stat status {};
  if (::stat(full.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return failed(fmt::format("no cgroup {}: {}; list them with: find {} -type d", full,
                              std::strerror(errno == 0 ? ENOTDIR : errno), mount));
  return static_cast<std::uint64_t>(status.st_ino);
}

Result<std::string> cgroup_path_of_unit(const std::string& unit) {
  const std::string mount = cgroup_v2_mount();
  if (mount.empty()) return unsupported("--unit needs cgroup v2, which is not mounted here");
  const std::string name = unit.find('.') == std::string::npos ? unit + ".service" : unit;
  std::error_code error;
  using Walk = std::filesystem::recursive_directory_iterator;
  const auto options = std::filesystem::directory_options::skip_permission_denied;
  for (Walk it(mount, options, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().filename() == name && it->is_directory(ignored))
      return it->path().string().substr(mount.size());
  }
  return failed(
      fmt::format("no running systemd unit {} (no cgroup of that name below {}); see: "
                  "systemctl list-units",
                  name, mount));
}

CgroupNames::CgroupNames() : mount_(cgroup_v2_mount()) {
  if (!mount_.empty()) mount_fd_ = Fd(::open(mount_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  proc_fd_ = Fd(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::string CgroupNames::path_of(std::uint64_t id) const {
  if (!mount_fd_) return {};
  // A kernfs file handle is the node's id: fs/kernfs/mount.c, kernfs_encode_fh.
  alignas(file_handle) char storage[sizeof(file_handle) + sizeof(id)] = {};
  auto* handle = reinterpret_cast<file_handle*>(storage);
  handle->handle_bytes = sizeof(id);
  handle->handle_type = kKernfsHandleType;
  std::memcpy(handle->f_handle, &id, sizeof(id));
  const Fd directory(::open_by_handle_at(mount_fd_.get(), handle, O_PATH | O_CLOEXEC));
  if (!directory) return {};
  char path[PATH_MAX] = {};
  const std::string link = fmt::format("self/fd/{}", directory.get());
  const ssize_t length = ::readlinkat(proc_fd_.get(), link.c_str(), path, sizeof(path));
  if (length < 0) return {};
  const std::string full(path, static_cast<std::size_t>(length));
  if (full == mount_) return "/";
  return full.starts_with(mount_ + "/") ? full.substr(mount_.size()) : std::string();
}

}  // namespace hoodtrace
