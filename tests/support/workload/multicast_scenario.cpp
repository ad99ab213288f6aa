// SPDX-License-Identifier: GPL-2.0-or-later
// Long soft interrupts at a known place: packets of UDP multicast over loopback, which the kernel gives to
// each of many sockets in one soft interrupt (__udp4_lib_mcast_deliver(), net/ipv4/udp.c).

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include "support/workload/stage.hpp"

namespace workload {
namespace {

constexpr std::uint16_t kPort = 47'020;
constexpr in_addr_t kGroup = 0xefff4d14;  // 239.255.77.20: of this site only

// What /proc/stat says of a CPU, in units of USER_HZ.
struct CpuTicks {
  unsigned long long all = 0;  // guest and guest_nice are in user and nice
  unsigned long long irq = 0;
  unsigned long long softirq = 0;
  unsigned long long steal = 0;
};

CpuTicks cpu_ticks(unsigned cpu) {
  CpuTicks ticks;
  std::ifstream file("/proc/stat");
  const std::string wanted = "cpu" + std::to_string(cpu);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    unsigned long long values[8] = {};
    words >> name;
    if (name != wanted) continue;
    for (unsigned long long& value : values) words >> value;
    for (const unsigned long long value : values) ticks.all += value;
    ticks.irq = values[5];
    ticks.softirq = values[6];
    ticks.steal = values[7];
  }
  return ticks;
}

[[noreturn]] void cannot(const char* what) {
  std::perror(what);
  std::exit(1);
}

sockaddr_in group_address() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  address.sin_addr.s_addr = htonl(kGroup);
  return address;
}

int new_socket() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) cannot("socket");
  return fd;
}

// Nobody reads what it gets: the kernel drops all but the first packets.
void join_group() {
  const int fd = new_socket();
  const int on = 1;
  const sockaddr_in address = group_address();
  ip_mreq request{};
  request.imr_multiaddr = address.sin_addr;
  request.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
  if (::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) != 0)
    cannot("multicast over loopback");
}

std::uint64_t ran_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

int play_multicast(const Script& script, bool) {
  const std::uint64_t sockets = script.number("sockets", 500);
  const std::uint64_t length_ns = script.number("ms", 4000) * 1'000'000;
  outweigh_others();
  pin_to(first_cpu());
  for (std::uint64_t i = 0; i < sockets; i++) join_group();
  const int fd = new_socket();
  const in_addr loopback{htonl(INADDR_LOOPBACK)};
  if (::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof(loopback)) != 0)
    cannot("IP_MULTICAST_IF");
  const sockaddr_in address = group_address();
  const CpuTicks before = cpu_ticks(first_cpu());
  const std::uint64_t ran_before_ns = ran_ns();
  const std::uint64_t begin_ns = now_ns();
  std::uint64_t packets = 0;
  while (now_ns() - begin_ns < length_ns) {
    if (::sendto(fd, &packets, sizeof(packets), 0, reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address)) < 0)
      cannot("sendto");
    packets++;
  }
  const std::uint64_t took_ns = now_ns() - begin_ns;
  const std::uint64_t ran_after_ns = ran_ns();
  const CpuTicks after = cpu_ticks(first_cpu());
  std::printf(
      "{\"scenario\":\"multicast\",\"pid\":%d,\"packets\":%llu,\"took_ns\":%llu,\"ran_ns\":%llu,"
      "\"tick_ns\":%ld,"
      "\"ticks\":%llu,\"softirq_ticks\":%llu,\"irq_ticks\":%llu,\"steal_ticks\":%llu}\n",
      ::getpid(), static_cast<unsigned long long>(packets),
      static_cast<unsigned long long>(took_ns),
      static_cast<unsigned long long>(ran_after_ns - ran_before_ns),
      1'000'000'000 / ::sysconf(_SC_CLK_TCK),
      static_cast<unsigned long long>(after.all - before.all),
      static_cast<unsigned long long>(after.softirq - before.softirq),
      static_cast<unsigned long long>(after.irq - before.irq),
      static_cast<unsigned long long>(after.steal - before.steal));
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
