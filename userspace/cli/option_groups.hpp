// SPDX-License-Identifier: GPL-2.0-or-later
// The options that commands share, in groups; and what one command's own are made with.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "command/options.hpp"

namespace hoodtrace {

// CLI11 checks by exception: what our own parsers refuse goes out that way, inside cli/ only.
template <class T>
T checked(Result<T> result) {
  if (!result) throw CLI::ValidationError(result.error().message);
  return std::move(*result);
}

// A whole number of rows, or an exception of CLI11's.
std::size_t parse_count(const std::string& text);

// An option that takes a duration ("5ms") of more than nothing, in nanoseconds.
void add_duration(CLI::App& app, const std::string& name, std::uint64_t& ns,
                  const std::string& text);

// Whom to trace.
void add_target(CLI::App& app, Options& options);
// How long, and how.
void add_run(CLI::App& app, Options& options);
// What is recorded of execs.
void add_execs(CLI::App& app, Options& options);
// A report each so often.
void add_interval(CLI::App& app, Options& options);
// Grouping, sorting, intervals.
void add_view(CLI::App& app, Options& options);
// Format and color.
void add_form(CLI::App& app, Options& options);

}  // namespace hoodtrace
