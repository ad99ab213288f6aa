// SPDX-License-Identifier: GPL-2.0-or-later
// What a view hands to a renderer: one complete report of one span.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/cpu_gaps.hpp"
#include "model/stream_account.hpp"
#include "view/table.hpp"

namespace hoodtrace {

using Json = nlohmann::ordered_json;

enum class Emphasis : std::uint8_t { kNone, kStrong, kFaint };

struct Line {
  std::string text;  // printable
  Emphasis emphasis = Emphasis::kNone;
};

// Appends the elements of a list as JSON text, with commas between them.
using AppendElements = std::function<void(std::string& out)>;

struct Report {
  std::size_t width = 0;  // columns of the terminal, for drawings; 0 = no terminal
  std::string command;    // "sched"
  unsigned schema = 1;    // version of the command's JSON schema
  std::string target;
  std::string how;               // the hooks, and what cannot be measured with them
  std::uint64_t started_ns = 0;  // CLOCK_BOOTTIME
  std::uint64_t duration_ns = 0;

  std::uint64_t seen = 0;
  std::uint64_t undecodable = 0;
  std::map<std::string, std::uint64_t> lost;
  SleptAsWait slept;
  std::uint64_t session_ns = 0;                   // when tracing began
  std::optional<std::uint64_t> target_remade_ns;  // StreamAccount::target_remade_ns
  std::vector<CpuGap> offline;

  std::vector<Table> tables;
  std::vector<Line> lines;            // ready, and no wider than `width`; text only
  std::vector<std::string> drawings;  // ready lines, such as histogram bars; text only
  std::vector<std::string> remarks;   // findings and the audit, a line each; text only

  Json audit;                                      // the schema's `audit`
  std::vector<std::pair<std::string, Json>> body;  // what follows it, in order
  // What follows the body: lists that may be long. They are made when the report is printed, element
  // by element: as Json the lists of 20 000 tasks would need 2 GB. Valid until the model changes.
  std::vector<std::pair<std::string, AppendElements>> lists;

  std::optional<std::uint64_t> culprits_off_ns;  // StreamAccount::culprits_off_ns
  bool lacks_end = false;                        // the last report of a recording that was cut
  bool end_is_said = false;                      // a remark says that already
};

}  // namespace hoodtrace
