// SPDX-License-Identifier: GPL-2.0-or-later
// Perfetto's own trace processor, a second decoder of what we export, where the machine has it.
// Debian does not package it; a release is one program of that name.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "support/script_run.hpp"

namespace hoodtrace::testing {

// The program that HOODTRACE_TRACE_PROCESSOR names, or else the one on PATH; empty = not found.
inline std::string trace_processor() {
  if (const char* named = std::getenv("HOODTRACE_TRACE_PROCESSOR"); named && *named) return named;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string program = folder + "/trace_processor_shell";
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

// Why it cannot run here; empty when it can. For GTEST_SKIP.
inline std::string why_no_trace_processor() {
  if (!trace_processor().empty()) return "";
  return "cannot run here: no trace_processor_shell on PATH, and HOODTRACE_TRACE_PROCESSOR names "
         "none";
}

// The trace processor's tables of a Perfetto trace. "differences" lists where perfetto_totals.py
// finds other values: see trace_processor.py.
inline nlohmann::json trace_processor_tables(const std::string& trace) {
  return run_script("trace_processor.py", {trace_processor(), trace});
}

}  // namespace hoodtrace::testing
