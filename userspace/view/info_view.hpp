// SPDX-License-Identifier: GPL-2.0-or-later
// The contents of a recording, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "model/recording_contents.hpp"
#include "view/report.hpp"

namespace hoodtrace {

// The file itself.
struct RecordingFile {
  std::string path;
  std::uint64_t bytes = 0;
  int version = 0;
  std::uint64_t blocks = 0;  // version 2 and later
  std::uint64_t damaged_blocks = 0;
  bool is_whole = true;              // nothing is damaged or cut off
  std::uint64_t trailing_bytes = 0;  // behind its end, and ignored
};

std::string info_text(const RecordingFile& file, const RecordingContents& contents);

// Schema hoodtrace.info/1.
Json info_json(const RecordingFile& file, const RecordingContents& contents);

}  // namespace hoodtrace
