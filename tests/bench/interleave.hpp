// SPDX-License-Identifier: GPL-2.0-or-later
// Measures variants of one thing in turn (A B C A B C ...), so that a machine that drifts drifts
// for all of them, and compares each with the first one of its own round.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace hoodtrace::bench {

struct Variant {
  std::string name;
  // Makes the variant so (starts a tracer, say) and undoes it. False: it cannot run here.
  std::function<bool()> start = [] { return true; };
  std::function<void()> stop = [] {};
};

// PROGRAM ROUNDS NAME...: those that are named so in part, and the first `always` of them, which they are
// compared with. All without a NAME.
std::vector<Variant> named_variants(std::vector<Variant> variants, std::size_t always, int argc,
                                    char** argv);

struct Spread {
  double lower = 0;  // quartiles
  double median = 0;
  double upper = 0;
};

struct Outcome {
  std::string name;
  bool ran = false;
  Spread ns;        // per operation
  Spread added_ns;  // paired with the first variant of the same round
};

// The quartiles of the values; all 0 for none.
Spread spread_of(std::vector<double> values);

// `burst` does the operations once and returns nanoseconds per operation. The first variant is the
// untraced one. Progress goes to standard error.
std::vector<Outcome> interleave(const std::vector<Variant>& variants, unsigned rounds,
                                const std::function<double()>& burst);

// A row per variant; the last column is added_ns as a share of that of the variant `yardstick`
// (empty = no such column).
void print_table(const std::string& title, const std::string& operation,
                 const std::vector<Outcome>& outcomes, const std::string& yardstick);

}  // namespace hoodtrace::bench
