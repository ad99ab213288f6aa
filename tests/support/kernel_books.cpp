// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/kernel_books.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace hoodtrace::testing {
namespace {

std::filesystem::path threads_of(pid_t process) {
  return std::filesystem::path("/proc") / std::to_string(process) / "task";
}

std::string field(const std::filesystem::path& thread, const std::string& key) {
  std::ifstream status(thread / "status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key + ":")) {
      std::istringstream rest(line.substr(key.size() + 1));
      std::string value;
      rest >> value;
      return value;
    }
  return "";
}

std::uint64_t number(const std::string& text) { return text.empty() ? 0 : std::stoull(text); }

}  // namespace

KernelBooks KernelBooks::since(const KernelBooks& earlier) const {
  return {ran_ns - earlier.ran_ns, run_delay_ns - earlier.run_delay_ns, pcount - earlier.pcount,
          nvcsw - earlier.nvcsw, nivcsw - earlier.nivcsw};
}

std::map<pid_t, KernelBooks> read_kernel_books(pid_t process) {
  std::map<pid_t, KernelBooks> all;
  for (const auto& thread : std::filesystem::directory_iterator(threads_of(process))) {
    KernelBooks books;
    std::ifstream(thread.path() / "schedstat") >> books.ran_ns >> books.run_delay_ns >>
        books.pcount;
    books.nvcsw = number(field(thread.path(), "voluntary_ctxt_switches"));
    books.nivcsw = number(field(thread.path(), "nonvoluntary_ctxt_switches"));
    all[std::stoi(thread.path().filename())] = books;
  }
  return all;
}

bool wait_until_asleep(pid_t process) {
  for (int i = 0; i < 5000; i++, ::usleep(2000)) {
    bool asleep = true;
    for (const auto& thread : std::filesystem::directory_iterator(threads_of(process)))
      asleep = asleep && field(thread.path(), "State") == "S";
    if (asleep) return true;
  }
  return false;
}

}  // namespace hoodtrace::testing
