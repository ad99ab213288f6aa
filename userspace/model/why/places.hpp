// SPDX-License-Identifier: GPL-2.0-or-later
// Where in the kernel threads slept: ht_stack and ht_symbol, and what the names of the functions
// say about the reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/why/cause.hpp"

namespace hoodtrace {

class WhyPlaces {
 public:
  struct Frame {
    std::uint64_t address = 0;
    std::uint32_t function = 0;  // an index of function()
  };
  struct Place {
    WhyReason reason = WhyReason::kKernel;
    bool in_fault = false;       // it handles a page fault
    std::uint32_t function = 0;  // the function that called schedule(): an index of function()
    std::vector<Frame> frames;   // from that function on
  };

  WhyPlaces() { names_.emplace_back(); }
  void on(const ht_symbol& record);
  void on(const ht_stack& record);

  // Nothing when the stack's record is missing.
  [[nodiscard]] const Place* find(std::uint64_t stack) const;
  // "" for 0, or when the kernel hides its symbols.
  [[nodiscard]] std::string_view function(std::uint64_t index) const {
    return index < names_.size() ? std::string_view(names_[index]) : std::string_view();
  }

 private:
  static constexpr std::size_t kLimit = 65536;

  std::uint32_t intern(std::string_view name);

  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::unordered_map<std::uint64_t, std::uint32_t> symbols_;  // by address
  std::unordered_map<std::uint64_t, Place> places_;           // by ht_stack.stack
};

}  // namespace hoodtrace
