// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/cgroup_paths.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/mount_table.hpp"
#include "probe/container_name.hpp"

namespace hoodtrace {
namespace {

constexpr int kKernfsHandleType = 0xfe;  // FILEID_KERNFS, include/linux/exportfs.h

std::string absolute_path(const std::string& mount, const std::string& path) {
  if (path == mount || path.starts_with(mount + "/")) return path;
  return mount + (path.starts_with("/") ? "" : "/") + path;
}

}  // namespace

std::string cgroup_v2_mount() {
  for (const MountEntry& mount : read_mounts("/proc/self/mountinfo"))
    if (mount.type == "cgroup2") return mount.point;
  return {};
}

Result<std::uint64_t> cgroup_id_of_path(const std::string& path) {
  const std::string mount = cgroup_v2_mount();
  if (mount.empty())
    return unsupported("--cgroup and --unit need cgroup v2, which is not mounted here");
  for (const MountEntry& other : read_mounts("/proc/self/mountinfo"))
    if (other.type == "cgroup" && (path == other.point || path.starts_with(other.point + "/")))
      return usage(
          fmt::format("{} is in a hierarchy of cgroup v1 ({}), and hoodtrace follows v2: give "
                      "a path below {}; /proc/PID/cgroup has it in the line that begins with 0::",
                      path, other.point, mount));
  const std::string full = absolute_path(mount, path);
  struct stat status {};
  const int error = ::stat(full.c_str(), &status) != 0 ? errno : 0;
  if (error != 0 || !S_ISDIR(status.st_mode))
    return failed(fmt::format("no cgroup {}: {}; list them with: find {} -type d", full,
                              std::strerror(error == 0 ? ENOTDIR : error), mount));
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

Result<std::string> cgroup_path_of_container(const std::string& id) {
  const std::string mount = cgroup_v2_mount();
  if (mount.empty()) return unsupported("--container needs cgroup v2, which is not mounted here");
  std::vector<std::string> found;
  std::error_code error;
  using Walk = std::filesystem::recursive_directory_iterator;
  const auto options = std::filesystem::directory_options::skip_permission_denied;
  for (Walk it(mount, options, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_directory(ignored) || !is_container_folder(it->path().filename().native(), id))
      continue;
    found.push_back(it->path().string().substr(mount.size()));
    it.disable_recursion_pending();
  }
  if (found.empty())
    return failed(
        fmt::format("no running container whose id begins with {} (no cgroup of that name "
                    "below {}); see: docker ps, podman ps or crictl ps",
                    id, mount));
  if (found.size() > 1)
    return failed(fmt::format("the ids of {} containers begin with {}: {} and {}; give more digits",
                              found.size(), id, found[0], found[1]));
  return found.front();
}

CgroupNames::CgroupNames() : CgroupNames(cgroup_v2_mount()) {}

CgroupNames::CgroupNames(std::string mount) : mount_(std::move(mount)) {
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
