// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/btf_place.hpp"

#include <bpf/btf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/fd.hpp"

namespace hoodtrace {
namespace {

constexpr const char* kShown = "/sys/kernel/btf/vmlinux";

Result<void> refused(const char* what) {
  return unsupported(
      fmt::format("the kernel does not show its types ({}), and to put the file of --btf in their "
                  "place takes CAP_SYS_ADMIN: {}: {}; run as root",
                  kShown, what, std::strerror(errno)));
}

bool is_shown() {
  btf* types = btf__load_vmlinux_btf();
  if (types == nullptr) return false;
  btf__free(types);
  return true;
}

}  // namespace

Result<void> put_btf_in_place(const std::string& file) {
  if (is_shown()) return {};
  if (::unshare(CLONE_NEWNS) != 0) return refused("unshare");
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return refused("mount");
  std::string place = kShown;
  if (::access(kShown, F_OK) != 0) {
    utsname name{};
    ::uname(&name);
    if (::mount("hoodtrace", "/boot", "tmpfs", 0, nullptr) != 0) return refused("mount /boot");
    place = fmt::format("/boot/vmlinux-{}", name.release);
    const Fd made(::open(place.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    if (!made) return refused(place.c_str());
  }
  if (::mount(file.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0)
    return refused(place.c_str());
  if (!is_shown())
    return unsupported(fmt::format("--btf {}: not the types of the running kernel", file));
  return {};
}

}  // namespace hoodtrace
