// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench/interleave.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

namespace hoodtrace::bench {

std::vector<Variant> named_variants(std::vector<Variant> variants, std::size_t always, int argc,
                                    char** argv) {
  if (argc <= 2) return variants;
  std::vector<Variant> named;
  for (std::size_t i = 0; i < variants.size(); i++)
    if (i < always || std::any_of(argv + 2, argv + argc, [&](const char* part) {
          return variants[i].name.find(part) != std::string::npos;
        }))
      named.push_back(std::move(variants[i]));
  return named;
}

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, values.size() - 1);
    const double part = place - std::floor(place);
    return values[below] * (1 - part) + values[above] * part;
  };
  return {at(0.25), at(0.5), at(0.75)};
}

std::vector<Outcome> interleave(const std::vector<Variant>& variants, unsigned rounds,
                                const std::function<double()>& burst) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  std::vector<std::vector<double>> ns(variants.size());
  std::vector<std::vector<double>> added(variants.size());
  for (unsigned round = 0; round < rounds; round++) {
    if (terminal) fmt::print(stderr, "\rround {} of {}", round + 1, rounds);
    double untraced = 0;
    for (std::size_t i = 0; i < variants.size(); i++) {
      const bool started = variants[i].start();
      if (started) {
        const double value = burst();
        if (i == 0) untraced = value;
        ns[i].push_back(value);
        added[i].push_back(value - untraced);
      }
      variants[i].stop();
    }
  }
  if (terminal) fmt::print(stderr, "\r{:20}\r", "");
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < variants.size(); i++)
    outcomes.push_back({variants[i].name, !ns[i].empty(), spread_of(ns[i]), spread_of(added[i])});
  return outcomes;
}

void print_table(const std::string& title, const std::string& operation,
                 const std::vector<Outcome>& outcomes, const std::string& yardstick) {
  double unit = 0;
  for (const Outcome& outcome : outcomes)
    if (outcome.name == yardstick) unit = outcome.added_ns.median;
  std::string ratio_heading;
  if (unit > 0) ratio_heading = "x " + yardstick;
  fmt::print("\n{}\n{:34} {:>14} {:>12}  {:>19}  {}\n", title, "", "ns per " + operation,
             "added ns", "quartiles", ratio_heading);
  for (const Outcome& outcome : outcomes) {
    if (!outcome.ran) {
      fmt::print("{:34} {:>14}\n", outcome.name, "not run here");
      continue;
    }
    fmt::print("{:34} {:>14.0f} {:>12.0f}  {:>8.0f} .. {:>7.0f}  {}\n", outcome.name,
               outcome.ns.median, outcome.added_ns.median, outcome.added_ns.lower,
               outcome.added_ns.upper,
               unit > 0 ? fmt::format("{:.2f}", outcome.added_ns.median / unit) : "");
  }
  std::fflush(stdout);
}

}  // namespace hoodtrace::bench
