// SPDX-License-Identifier: GPL-2.0-or-later
// Adds the records of a captured boot to a stream: processes of units, what systemd reported,
// forks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/stream_builder.hpp"

namespace hoodtrace {

struct BootUnitFields {
  std::string name;
  std::uint64_t activating_ns = 0;
  std::uint64_t active_ns = 0;
  std::uint64_t inactive_ns = 0;
  std::vector<std::string> after = {};
  std::string state = "active";
  std::string result = {};
  std::uint32_t flags = 0;
};

class BootScenario {
 public:
  StreamBuilder stream;

  BootScenario& at(std::uint64_t now_ns) {
    stream.at(now_ns);
    return *this;
  }
  BootScenario& phases(std::uint64_t initrd_ns, std::uint64_t userspace_ns, std::uint64_t finish_ns,
                       std::uint64_t firmware_ns = 0, std::uint64_t loader_ns = 0) {
    ht_boot_phases record{};
    record.head = head(HT_BOOT_PHASES);
    record.firmware_ns = firmware_ns;
    record.loader_ns = loader_ns;
    record.initrd_ns = initrd_ns;
    record.userspace_ns = userspace_ns;
    record.finish_ns = finish_ns;
    return add(record, words({"version", "252", "state", "running"}));
  }
  BootScenario& unit(const BootUnitFields& scenario) {
    ht_boot_unit record{};
    record.head = head(HT_BOOT_UNIT);
    record.activating_ns = scenario.activating_ns;
    record.active_ns = scenario.active_ns;
    record.inactive_ns = scenario.inactive_ns;
    record.flags = scenario.flags;
    std::string tail = words({"id", scenario.name, "active", scenario.state, "sub", "running"});
    if (!scenario.result.empty()) tail += words({"result", scenario.result});
    for (const std::string& other : scenario.after) tail += words({"after", other});
    return add(record, tail);
  }
  BootScenario& mark(std::uint32_t kind, std::string_view text, std::uint32_t level = 6) {
    ht_boot_mark record{};
    record.head = head(HT_BOOT_MARK);
    record.kind = kind;
    record.level = level;
    return add(record, std::string(text) + '\0');
  }
  // The kernel's count is read between now and one microsecond later.
  BootScenario& forks(std::uint64_t count) {
    return add(ht_boot_forks{head(HT_BOOT_FORKS), stream.now_ns() + 1000, count}, {});
  }
  BootScenario& ends(std::uint32_t reason, std::string_view until, std::string_view problem = {}) {
    ht_boot_end record{};
    record.head = head(HT_BOOT_END);
    record.reason = reason;
    std::string tail = words({"until", until});
    if (!problem.empty()) tail += words({"problem", problem});
    return add(record, tail);
  }
  BootScenario& runs(std::uint32_t pid, std::string_view file, std::string_view argv) {
    ht_program program{};
    program.head = head(HT_PROGRAM, pid, 0);
    program.pid = program.old_tid = pid;
    program.argv_bytes = program.kept_bytes = static_cast<__u32>(argv.size());
    add(program, words({file, ""}));
    ht_argv arguments{};
    arguments.head = head(HT_ARGV, pid, 0);
    arguments.pid = pid;
    return add(arguments, argv);
  }
  BootScenario& exits(std::uint32_t pid, std::uint32_t wait_status, std::uint64_t start_ns) {
    ht_exit record{};
    record.head = head(HT_EXIT, pid, 0);
    record.start_boottime_ns = start_ns;
    record.pid = pid;
    record.parent_pid = 1;
    record.wait_status = wait_status;
    record.flags = HT_EXIT_PROCESS;
    return add(record, {});
  }

  static std::string words(const std::vector<std::string_view>& list) {
    std::string tail;
    for (const std::string_view word : list) (tail += word).push_back('\0');
    return tail;
  }

 private:
  [[nodiscard]] ht_header head(std::uint16_t type, std::uint32_t tid = 0,
                               std::uint16_t cpu = HT_NO_CPU) const {
    return {stream.now_ns(), tid, type, cpu};
  }
  template <class Record>
  BootScenario& add(Record record, std::string_view tail) {
    RecordBuffer one;
    one.add(record, tail);
    stream.raw(one.at(0).head, one.at(0).bytes);
    return *this;
  }
};

}  // namespace hoodtrace
