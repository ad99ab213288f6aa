// SPDX-License-Identifier: GPL-2.0-or-later
// Runs one of the Python scripts of tests/support, which check what hoodtrace has written, and
// hands back the JSON that it prints.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace hoodtrace::testing {

// A failure of the script is a failure of the test; null then.
inline nlohmann::json run_script(const std::string& name, const std::vector<std::string>& words) {
  // The system's own, which has the system's packages.
  const char* const python = "/usr/bin/python3";
  std::vector<std::string> argv = {python,
                                   std::string(HOODTRACE_SOURCE_DIR "/tests/support/") + name};
  argv.insert(argv.end(), words.begin(), words.end());
  ChildProcess script(argv);
  EXPECT_EQ(script.wait(std::chrono::seconds(90)), 0) << script.error();
  nlohmann::json result = nlohmann::json::parse(script.output(), nullptr, false);
  if (!result.is_discarded()) return result;
  ADD_FAILURE() << name << " printed no JSON: " << script.output().substr(0, 200);
  return nullptr;
}

// Why no page can be opened here; empty when one can. For GTEST_SKIP.
inline std::string why_no_browser() {
  for (const char* program : {"/usr/bin/chromium", "/usr/bin/chromedriver"})
    if (::access(program, X_OK) != 0) return std::string("cannot run here: no ") + program;
  return "";
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace hoodtrace::testing
