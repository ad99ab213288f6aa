// SPDX-License-Identifier: GPL-2.0-or-later
// The ELF files that a process has mapped. Valid after the process has ended, for as far as they had
// been looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events.h"

struct Dwfl;
struct Dwfl_Thread;

namespace hoodtrace {

class ProcessModules {
 public:
  explicit ProcessModules(std::uint32_t pid) : pid_(pid) {}
  ProcessModules(const ProcessModules&) = delete;
  ProcessModules& operator=(const ProcessModules&) = delete;
  ~ProcessModules();

  struct Name {
    std::string function;  // of C++ without its arguments; "" = not known
    std::string file;      // the last part of its path
  };

  // At what is mapped now.
  void look();
  // The return addresses, innermost first; empty when the process cannot be looked at. Ends where the
  // memory does.
  std::vector<std::uint64_t> unwind(const ht_stack_memory& record);
  [[nodiscard]] Name name_of(std::uint64_t address) const;

 private:
  void load(const std::string& maps);
  void look_again(std::uint64_t address);
  [[nodiscard]] bool has(std::uint64_t address) const;
  // libdw's callbacks.
  static int next_thread(Dwfl* modules, void* own, void** thread);
  static bool read_memory(Dwfl* modules, std::uint64_t address, std::uint64_t* word, void* own);
  static bool set_registers(Dwfl_Thread* thread, void* own);

  std::uint32_t pid_;
  Dwfl* dwfl_ = nullptr;
  bool is_attached_ = false;
  std::string maps_;  // as they were read
  const ht_stack_memory* record_ = nullptr;
};

}  // namespace hoodtrace
