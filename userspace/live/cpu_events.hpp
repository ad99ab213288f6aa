// Perf software events with a BPF program each, on every CPU that is online; CPUs come and go.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "probe/catalog.hpp"

namespace hoodtrace {

class CpuEvents {
 public:
  // Before attach().
  void add(const std::string& program, Attach event) { wanted_.push_back({program, event, -1}); }
  [[nodiscard]] bool has(const std::string& program) const;

  // `fd_of` gives a loaded program's descriptor.
  Result<void> attach(const std::function<int(const std::string&)>& fd_of);

  // The events of a CPU that went offline are dead: closes them, and opens those of CPUs that came.
  // Looks once a second, whenever it is called; needs CAP_PERFMON still.
  Result<void> follow(std::uint64_t now_ns);

  void detach() { by_cpu_.clear(); }

 private:
  struct Wanted {
    std::string program;
    Attach event;
    int program_fd;
  };
  Result<void> open_on(unsigned cpu);

  std::vector<Wanted> wanted_;
  std::map<unsigned, std::vector<Fd>> by_cpu_;
  std::string online_;  // as the kernel last listed it
  std::uint64_t next_look_ns_ = 0;
};

// "0-3,8" → {0, 1, 2, 3, 8}.
std::vector<unsigned> parse_cpu_list(const std::string& list);

}  // namespace hoodtrace
