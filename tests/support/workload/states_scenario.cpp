// SPDX-License-Identifier: GPL-2.0-or-later
// Ways to be off a CPU whose lengths are known: a vfork parent, a disk, a stop, a plain sleep; and
// the kernel's delay accounting of them.

#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/taskstats.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

#include "support/workload/stage.hpp"

namespace workload {
namespace {

// Asks a generic netlink family; the attributes of the answer.
class Netlink {
 public:
  Netlink() : fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC)) {}
  ~Netlink() { ::close(fd_); }
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;

  std::string ask(std::uint16_t family, std::uint8_t command, std::uint16_t attribute,
                  const std::string& value) {
    struct {
      nlmsghdr head;
      genlmsghdr generic;
      nlattr attribute;
      char value[64];
    } request{};
    request.attribute.nla_type = attribute;
    request.attribute.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + value.size());
    std::memcpy(request.value, value.data(), value.size());
    request.generic.cmd = command;
    request.generic.version = 1;
    request.head.nlmsg_type = family;
    request.head.nlmsg_flags = NLM_F_REQUEST;
    request.head.nlmsg_len = static_cast<std::uint32_t>(
        NLMSG_LENGTH(GENL_HDRLEN + NLA_ALIGN(request.attribute.nla_len)));
    if (::send(fd_, &request, request.head.nlmsg_len, 0) < 0) return {};
    char answer[4096];
    const ssize_t bytes = ::recv(fd_, answer, sizeof(answer), 0);
    const std::size_t heads = NLMSG_HDRLEN + GENL_HDRLEN;
    if (bytes < static_cast<ssize_t>(heads)) return {};
    return {answer + heads, static_cast<std::size_t>(bytes) - heads};
  }

 private:
  int fd_;
};

// The value of the attribute in a list of them.
std::string find_attribute(const std::string& list, std::uint16_t type) {
  for (std::size_t at = 0; at + NLA_HDRLEN <= list.size();) {
    nlattr head;
    std::memcpy(&head, list.data() + at, sizeof(head));
    if (head.nla_len < NLA_HDRLEN || at + head.nla_len > list.size()) break;
    if (head.nla_type == type)
      return list.substr(at + NLA_HDRLEN, static_cast<std::size_t>(head.nla_len) - NLA_HDRLEN);
    at += NLA_ALIGN(head.nla_len);
  }
  return {};
}

// The calling thread's: how long it waited for block I/O; nothing without taskstats.
std::optional<std::uint64_t> blkio_delay_ns() {
  Netlink netlink;
  const std::string family =
      find_attribute(netlink.ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
                                 std::string(TASKSTATS_GENL_NAME, sizeof(TASKSTATS_GENL_NAME))),
                     CTRL_ATTR_FAMILY_ID);
  if (family.size() < sizeof(std::uint16_t)) return std::nullopt;
  std::uint16_t id = 0;
  std::memcpy(&id, family.data(), sizeof(id));
  const auto tid = static_cast<std::uint32_t>(::gettid());
  const std::string both =
      find_attribute(netlink.ask(id, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_PID,
                                 std::string(reinterpret_cast<const char*>(&tid), sizeof(tid))),
                     TASKSTATS_TYPE_AGGR_PID);
  const std::string stats = find_attribute(both, TASKSTATS_TYPE_STATS);
  taskstats values{};
  if (stats.size() < offsetof(taskstats, blkio_delay_total) + sizeof(values.blkio_delay_total))
    return std::nullopt;
  std::memcpy(&values, stats.data(), std::min(stats.size(), sizeof(values)));
  return values.blkio_delay_total;
}

void name_self(const char* name) { ::prctl(PR_SET_NAME, name); }

// The parent sleeps in D, and in no I/O, until the child is gone.
void wait_as_vfork_parent(std::uint64_t ms) {
  const pid_t child = ::vfork();
  if (child == 0) {
    const timespec time{static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000 * 1'000'000)};
    ::nanosleep(&time, nullptr);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
}

struct DirectReads {
  std::uint64_t took_ns = 0;  // 0 when they could not be done
  std::optional<std::uint64_t> blkio_ns;
};

// Reads `count` blocks of `bytes` bytes with O_DIRECT: each one comes from the disk.
DirectReads read_from_disk(const std::string& folder, std::uint64_t count, std::size_t bytes) {
  std::string path = folder + "/states.XXXXXX";
  const int made = ::mkstemp(path.data());
  void* block = nullptr;
  if (made < 0 || ::posix_memalign(&block, 4096, bytes) != 0) return {};
  std::memset(block, 1, bytes);
  for (std::uint64_t i = 0; i < count; i++) (void)!::write(made, block, bytes);
  ::fsync(made);
  ::close(made);
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
  ::unlink(path.c_str());
  std::uint64_t read = 0;
  const std::optional<std::uint64_t> before_ns = blkio_delay_ns();
  const std::uint64_t began_ns = now_ns();
  for (std::uint64_t i = 0; fd >= 0 && i < count; i++)
    if (::pread(fd, block, bytes, static_cast<off_t>(i * bytes)) > 0) read++;
  DirectReads reads;
  if (read == count) reads.took_ns = now_ns() - began_ns;
  if (const auto after_ns = blkio_delay_ns(); before_ns && after_ns)
    reads.blkio_ns = *after_ns - *before_ns;
  ::close(fd);
  std::free(block);
  return reads;
}

// A child that is stopped for so long; how long that was at least and at most.
struct Stopped {
  pid_t pid = 0;
  std::uint64_t least_ns = 0;
  std::uint64_t most_ns = 0;
};

Stopped stop_a_child(std::uint64_t ms) {
  Stopped stopped;
  const std::uint64_t forked_ns = now_ns();
  stopped.pid = ::fork();
  if (stopped.pid == 0) {
    name_self("stopped");
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  ::waitpid(stopped.pid, nullptr, WUNTRACED);
  const std::uint64_t seen_ns = now_ns();
  sleep_us(1000 * ms);
  const std::uint64_t before_ns = now_ns();
  ::kill(stopped.pid, SIGCONT);
  ::waitpid(stopped.pid, nullptr, 0);
  stopped.least_ns = before_ns - seen_ns;
  stopped.most_ns = now_ns() - forked_ns;
  return stopped;
}

}  // namespace

int play_states(const Script& script, bool) {
  name_self("states");
  sched_param priority{};
  priority.sched_priority = static_cast<int>(script.number("fifo", 0));
  if (priority.sched_priority != 0 && ::sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
    std::perror("sched_setscheduler");
  std::uint64_t vfork_ns = 0;
  if (const std::uint64_t ms = script.number("vfork_ms", 0); ms != 0) {
    const std::uint64_t began_ns = now_ns();
    wait_as_vfork_parent(ms);
    vfork_ns = now_ns() - began_ns;
  }
  DirectReads read;
  if (const std::uint64_t reads = script.number("reads", 0); reads != 0)
    read = read_from_disk(script.text("folder", "."), reads, 1024 * script.number("read_kib", 64));
  Stopped stopped;
  if (const std::uint64_t ms = script.number("stop_ms", 0); ms != 0) stopped = stop_a_child(ms);
  if (const std::uint64_t ms = script.number("sleep_ms", 0); ms != 0) sleep_us(1000 * ms);
  const auto or_null = [](std::optional<std::uint64_t> ns) {
    return ns ? std::to_string(*ns) : "null";
  };
  const std::optional<std::uint64_t> blkio_ns = blkio_delay_ns();
  std::printf(
      "{\"scenario\":\"states\",\"pid\":%d,\"vfork_ns\":%llu,\"read_ns\":%llu,\"stopped_pid\":%d,"
      "\"stopped_least_ns\":%llu,\"stopped_most_ns\":%llu,\"read_blkio_ns\":%s,\"blkio_ns\":%s}\n",
      ::getpid(), static_cast<unsigned long long>(vfork_ns),
      static_cast<unsigned long long>(read.took_ns), stopped.pid,
      static_cast<unsigned long long>(stopped.least_ns),
      static_cast<unsigned long long>(stopped.most_ns), or_null(read.blkio_ns).c_str(),
      or_null(blkio_ns).c_str());
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
