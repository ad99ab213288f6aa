// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace boot enable and disable: installs or removes files, then reloads systemd and rebuilds
// the initrd.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "base/write_all.hpp"
#include "command/boot/boot.hpp"
#include "command/boot/parts.hpp"
#include "command/boot/paths.hpp"

namespace hoodtrace {
namespace {

namespace fs = std::filesystem;

// Runs a program of the system with its output on ours. Its exit code; -1 when it is not there.
int run(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) < 0) return -1;
  return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}

bool has_program(const std::string& root, const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"})
    if (::access(below(root, folder + name).c_str(), X_OK) == 0) return true;
  return false;
}

Error cannot(std::string_view what, const std::string& path) {
  const int error = errno;
  const std::string why = fmt::format("cannot {} {}: {}", what, path, std::strerror(error));
  if (error == EACCES || error == EPERM)
    return unsupported(why + "; `hoodtrace boot` changes the system: run it as root");
  return failed(why);
}

// Complete or not at all.
Result<void> put(const std::string& root, const BootPart& part) {
  const std::string path = below(root, part.path);
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  const std::string beside = path + ".new";
  const Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, part.mode));
  if (!file) return cannot("write", beside);
  ::fchmod(file.get(), part.mode);
  RETURN_IF_ERROR(write_all(file.get(), part.text, beside));
  if (::rename(beside.c_str(), path.c_str()) != 0) return cannot("write", path);
  return {};
}

Result<std::string> own_path() {
  char path[PATH_MAX] = {};
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof(path) - 1);
  if (length < 0) return cannot("read", "/proc/self/exe");
  std::string binary(path, static_cast<std::size_t>(length));
  // It is written into a unit and into scripts without escaping.
  if (binary.find_first_of(" \t\n\\\"'%$;#&|<>()*?`") != std::string::npos)
    return failed(
        fmt::format("{} has characters that a unit file cannot take: move hoodtrace to a "
                    "plainer path, such as /usr/local/bin",
                    printable(binary)));
  return binary;
}

// What the unit is to start: this program, or below another root the one that is installed there.
Result<std::string> program_below(const std::string& root) {
  Result<std::string> own = own_path();
  if (!own || root == "/") return own;
  for (const std::string& path :
       {*own, std::string("/usr/local/bin/hoodtrace"), std::string("/usr/bin/hoodtrace")})
    if (::access(below(root, path).c_str(), X_OK) == 0) return path;
  return failed(fmt::format("there is no hoodtrace below {}: copy it to {} first", root,
                            below(root, "/usr/local/bin/hoodtrace")));
}

bool is_on_root(const std::string& binary) {
  struct stat mine {};
  struct stat root {};
  return ::stat(binary.c_str(), &mine) == 0 && ::stat("/", &root) == 0 &&
         mine.st_dev == root.st_dev;
}

// Whether systemd starts that system: its init is systemd, or it is running.
bool has_systemd(const std::string& root) {
  if (root == "/" && ::access("/run/systemd/system", F_OK) == 0) return true;
  for (const char* init : {"/sbin/init", "/usr/sbin/init", "/init"}) {
    std::error_code error;
    const fs::path target = fs::read_symlink(below(root, init), error);
    if (!error && target.filename() == "systemd") return true;
  }
  return false;
}

// Only the running system has a systemd to reload.
void reload(const std::string& root) {
  if (root == "/" && ::access("/run/systemd/system", F_OK) == 0)
    (void)run({"systemctl", "daemon-reload"});
}

// A new initrd; a remark when there is none.
std::string rebuild_initrd(const std::string& root, const InitrdTools& tools) {
  if (root != "/") return "rebuild the initrd in it: dracut --force, or update-initramfs -u";
  std::fprintf(stderr, "hoodtrace: rebuilding the initrd, which takes a while\n");
  const int code = tools.dracut ? run({"dracut", "--force"}) : run({"update-initramfs", "-u"});
  return code == 0 ? "" : "the initrd could not be rebuilt: the capture begins after it";
}

InitrdTools initrd_tools(const std::string& root) {
  InitrdTools tools;
  tools.dracut = has_program(root, "dracut");
  tools.initramfs_tools = !tools.dracut && has_program(root, "update-initramfs");
  return tools;
}

}  // namespace

Result<int> enable_boot(const Options& options) {
  const BootOptions& boot = options.boot;
  if (!has_systemd(boot.root))
    return unsupported(fmt::format(
        "cannot enable the capture of boots: the system at {} is not started by systemd "
        "(no {} that is a link to systemd), and a systemd unit starts the capture",
        boot.root, below(boot.root, "/sbin/init")));
  const Result<std::string> binary = program_below(boot.root);
  if (!binary) return binary.error();
  const InitrdTools tools = initrd_tools(boot.root);
  if (boot.initrd && !tools.dracut && !tools.initramfs_tools)
    return failed(
        "--initrd needs dracut or initramfs-tools (update-initramfs), and neither is installed; "
        "without --initrd the capture begins with the first units after the initrd");
  for (const BootPart& part : boot_parts(boot, *binary, tools, first_units(boot.root)))
    RETURN_IF_ERROR(put(boot.root, part));
  const std::string link = below(boot.root, kBootWantsLink);
  std::error_code error;
  fs::create_directories(fs::path(link).parent_path(), error);
  ::unlink(link.c_str());
  if (::symlink(kBootUnitFile, link.c_str()) != 0) return cannot("make", link);
  reload(boot.root);

  std::string text = fmt::format(
      "{}: until {}, {} or {}, into {}\n",
      boot.once ? "the next boot will be captured"
                : fmt::format("every boot will be captured, the last {} are kept", boot.keep),
      boot.until, format_duration(boot.limit_ns), format_bytes(boot.limit_bytes), kBootFolder);
  if (boot.root == "/" && !is_on_root(*binary))
    text += fmt::format("note: {} is not on the root file system, and may be mounted too late\n",
                        *binary);
  if (boot.initrd)
    if (const std::string remark = rebuild_initrd(boot.root, tools); !remark.empty())
      text += "note: " + remark + "\n";
  text += "afterwards: hoodtrace boot report\nto cancel: hoodtrace boot disable\n";
  RETURN_IF_ERROR(write_all(1, text, "standard output"));
  return 0;
}

Result<int> disable_boot(const Options& options) {
  const std::string& root = options.boot.root;
  bool was_there = false;
  bool had_initrd = false;
  for (const char* path : {kBootWantsLink, kBootUnitFile, kInitramfsHook, kInitramfsScript}) {
    if (::unlink(below(root, path).c_str()) == 0) {
      was_there = true;
      if (path == kInitramfsHook) had_initrd = true;
    } else if (errno != ENOENT && errno != ENOTDIR) {
      return cannot("remove", below(root, path));
    }
  }
  std::error_code error;
  if (fs::remove_all(below(root, kDracutModule), error) > 0 && !error) had_initrd = true;
  reload(root);
  std::string text = was_there || had_initrd ? "boots are not captured any more\n"
                                             : "boots were not being captured\n";
  if (had_initrd)
    if (const std::string remark = rebuild_initrd(root, initrd_tools(root)); !remark.empty())
      text += "note: " + remark + "\n";
  RETURN_IF_ERROR(write_all(1, text, "standard output"));
  return 0;
}

}  // namespace hoodtrace
