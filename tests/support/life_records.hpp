// SPDX-License-Identifier: GPL-2.0-or-later
// Adds records of life cycles to a StreamBuilder: programs, first runs, exits, waits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/stream_builder.hpp"

namespace hoodtrace {

class LifeRecords {
 public:
  explicit LifeRecords(StreamBuilder& scenario, std::uint16_t cpu = 0)
      : scenario_(scenario), cpu_(cpu) {}

  LifeRecords& executes(std::uint32_t pid, std::string_view file,
                        const std::vector<std::string>& argv, std::uint32_t error = 0,
                        std::uint32_t flags = 0) {
    ht_program program{};
    program.head = head(HT_PROGRAM, pid);
    program.pid = program.old_tid = pid;
    program.error = error;
    program.flags = flags;
    std::string bytes;
    for (const std::string& argument : argv) (bytes += argument) += '\0';
    program.argv_bytes = error == 0 ? static_cast<std::uint32_t>(bytes.size()) : HT_UNKNOWN_BYTES;
    program.kept_bytes = static_cast<std::uint32_t>(bytes.size());
    add(program, std::string(file) + std::string(2, '\0'));
    constexpr std::size_t kPiece = 4096;
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      ht_argv piece{};
      piece.head = head(HT_ARGV, pid);
      piece.pid = pid;
      piece.offset = static_cast<std::uint32_t>(at);
      add(piece, bytes.substr(at, kPiece));
    }
    return *this;
  }
  LifeRecords& first_runs(std::uint32_t pid, std::uint64_t wait_ns) {
    ht_life life{};
    life.head = head(HT_LIFE, pid);
    life.start_boottime_ns = scenario_.kernel(pid).who.start_ns;
    life.wait_ns = wait_ns;
    life.pid = pid;
    life.kind = HT_LIFE_FIRST_RUN;
    return add(life);
  }
  LifeRecords& freed(std::uint32_t pid) {
    ht_life life{};
    life.head = head(HT_LIFE, pid);
    life.start_boottime_ns = scenario_.kernel(pid).who.start_ns;
    life.pid = pid;
    life.kind = HT_LIFE_FREED;
    return add(life);
  }
  LifeRecords& exits(std::uint32_t pid, std::uint32_t wait_status = 0) {
    ht_exit exit{};
    exit.head = head(HT_EXIT, pid);
    exit.start_boottime_ns = scenario_.kernel(pid).who.start_ns;
    exit.pid = pid;
    exit.parent_pid = scenario_.kernel(pid).who.parent_pid;
    exit.wait_status = wait_status;
    exit.flags = HT_EXIT_PROCESS;
    return add(exit);
  }
  LifeRecords& looks(std::uint32_t pid, std::uint32_t child_pid = 0) {
    ht_wait wait{};
    wait.head = head(HT_WAIT, pid);
    wait.pid = pid;
    wait.selected_pid = child_pid;
    wait.options = 4;  // WEXITED
    wait.kind = HT_WAIT_LOOKS;
    return add(wait);
  }

 private:
  [[nodiscard]] ht_header head(std::uint16_t type, std::uint32_t tid) const {
    return {scenario_.now_ns(), tid, type, cpu_};
  }
  template <class Record>
  LifeRecords& add(const Record& record, std::string_view tail = {}) {
    RecordBuffer buffer;
    buffer.add(record, tail);
    scenario_.raw(buffer.at(0).head, buffer.at(0).bytes);
    return *this;
  }

  StreamBuilder& scenario_;
  std::uint16_t cpu_;
};

}  // namespace hoodtrace
