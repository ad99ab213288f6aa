// SPDX-License-Identifier: GPL-2.0-or-later
// The metrics of serve, from the sums by unit. docs/serve.md lists them.
#pragma once

#include <string>

#include "model/stream_account.hpp"
#include "model/totals/units.hpp"
#include "view/serve/metric.hpp"

namespace hoodtrace {

// What does not change while serve runs.
struct ServeFacts {
  std::string version;
  std::string kernel;
  std::string hooks;    // the line that says how hoodtrace measures
  bool lives = false;   // forks, execs and exits are counted
  bool pages = false;   // the page cache and reclaim are
  bool pairs = false;   // who waited behind whom is
  bool faults = false;  // page faults by kind are
  bool disk = false;    // block requests are
};

// As of the last snapshot.
MetricFamilies serve_families(const UnitTotals& totals, const StreamAccount& account,
                              const ServeFacts& facts);

}  // namespace hoodtrace
