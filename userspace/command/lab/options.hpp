// SPDX-License-Identifier: GPL-2.0-or-later
// What `hoodtrace lab` was asked for; plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hoodtrace {

// Of --explain.
enum class LabForm : std::uint8_t { kText, kHtml };

struct LabOptions {
  std::vector<std::string> names;
  bool all = false;
  bool explain = false;
  LabForm form = LabForm::kText;
  std::uint64_t pages = 512;
  std::uint64_t hold_ns = 200'000'000;
  std::string folder = "/var/tmp";  // where files are made
  std::string keep;                 // a folder that gets recordings and facts
  std::string again;                // such a folder: what is in it is judged
  // Of the process that plays a scene.
  std::string scene;
  std::string facts;
};

}  // namespace hoodtrace
