// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/boot/sources.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>

#include "lab/acts.hpp"

namespace hoodtrace::lab {
namespace {

constexpr std::string_view kRun = "Run ";
constexpr std::string_view kAsInit = " as init process";                             // init/main.c
constexpr std::string_view kFreed = "Freeing unused kernel image (initmem) memory";  // mm
constexpr std::string_view kFreedBefore = "Freeing unused kernel memory";            // arm64

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
struct ClosePipe {
  void operator()(std::FILE* pipe) const { ::pclose(pipe); }
};

// The fields of /proc/PID/stat after the name, which may have spaces and brackets in it.
std::istringstream stat_after_name(pid_t pid) {
  const std::string text = text_of("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t end = text.rfind(')');
  return std::istringstream(end == std::string::npos ? "" : text.substr(end + 1));
}

struct Stat {
  pid_t parent = -1;
  std::uint64_t started_ns = 0;
};
Stat read_stat(pid_t pid) {
  std::istringstream fields = stat_after_name(pid);
  std::string word;
  Stat stat;
  // state is the 3rd field, ppid the 4th, starttime the 22nd (proc_pid_stat(5)).
  for (int field = 3; field <= 22 && fields >> word; field++) {
    if (field == 4) stat.parent = std::atoi(word.c_str());
    if (field == 22)
      stat.started_ns = std::strtoull(word.c_str(), nullptr, 10) *
                        (1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
  }
  return stat;
}

}  // namespace

std::optional<KernelLine> parse_kernel_line(const std::string& record) {
  // "6,339,5140900,-;text\n KEY=value\n": the third number is the time in us.
  const std::size_t start = record.find(';');
  if (start == std::string::npos) return {};
  std::istringstream head(record.substr(0, start));
  std::string level;
  std::string serial;
  std::string time_us;
  if (!std::getline(head, level, ',') || !std::getline(head, serial, ',') ||
      !std::getline(head, time_us, ','))
    return {};
  char* end = nullptr;
  const std::uint64_t us = std::strtoull(time_us.c_str(), &end, 10);
  if (time_us.empty() || *end != '\0') return {};
  const std::string text = record.substr(start + 1);
  return KernelLine{us * 1000, text.substr(0, text.find('\n'))};
}

std::vector<KernelLine> kernel_log() {
  std::vector<KernelLine> lines;
  const int fd = ::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return lines;
  constexpr std::size_t kMost = 200'000;
  std::array<char, 8192> bytes{};
  while (lines.size() < kMost) {
    const ssize_t got = ::read(fd, bytes.data(), bytes.size());
    if (got < 0 && errno == EPIPE) continue;  // lines were overwritten meanwhile
    if (got <= 0) break;
    if (auto line = parse_kernel_line({bytes.data(), static_cast<std::size_t>(got)}))
      lines.push_back(std::move(*line));
  }
  ::close(fd);
  return lines;
}

KernelMarks kernel_marks(const std::vector<KernelLine>& lines) {
  KernelMarks marks;
  for (const KernelLine& line : lines) {
    const std::string& text = line.text;
    if (marks.freed_init_ns == 0 && (text.starts_with(kFreed) || text.starts_with(kFreedBefore)))
      marks.freed_init_ns = line.time_ns;
    if (marks.ran_init_ns != 0 || !text.starts_with(kRun) || !text.ends_with(kAsInit)) continue;
    marks.ran_init_ns = line.time_ns;
    marks.init = text.substr(kRun.size(), text.size() - kRun.size() - kAsInit.size());
  }
  return marks;
}

SystemdPhases systemd_phases(const std::string& properties) {
  SystemdPhases phases;
  std::istringstream lines(properties);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = line.substr(0, equals);
    const std::uint64_t ns = std::strtoull(line.c_str() + equals + 1, nullptr, 10) * 1000;
    if (key == "InitRDTimestampMonotonic") phases.initrd_ns = ns;
    if (key == "UserspaceTimestampMonotonic") phases.userspace_ns = ns;
    if (key == "FinishTimestampMonotonic") phases.finish_ns = ns;
  }
  return phases;
}

SystemdPhases ask_systemd() {
  if (::access("/run/systemd/system", F_OK) != 0) return {};  // sd_booted(3)
  const std::unique_ptr<std::FILE, ClosePipe> pipe(
      ::popen("systemctl show --property=InitRDTimestampMonotonic,UserspaceTimestampMonotonic,"
              "FinishTimestampMonotonic 2>/dev/null",
              "re"));
  std::string text;
  std::array<char, 1024> bytes{};
  while (pipe && std::fgets(bytes.data(), bytes.size(), pipe.get()) != nullptr)
    text += bytes.data();
  return systemd_phases(text);
}

std::uint64_t earliest_process_ns() {
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir("/proc"));
  std::uint64_t earliest = 0;
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid <= 1) continue;
    const Stat stat = read_stat(pid);
    if (stat.parent != 1 || stat.started_ns == 0) continue;
    earliest = earliest == 0 ? stat.started_ns : std::min(earliest, stat.started_ns);
  }
  return earliest;
}

std::uint64_t started_ns(pid_t pid) { return read_stat(pid).started_ns; }

}  // namespace hoodtrace::lab
