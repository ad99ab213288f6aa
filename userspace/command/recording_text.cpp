// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/recording_text.hpp"

#include <fmt/format.h>

#include "base/units.hpp"
#include "command/file_options.hpp"

namespace hoodtrace {

std::string_view unwritten_cause(const Recorder& recorder, bool has_failed) {
  if (has_failed) return "a write failed";
  if (recorder.is_full()) return "beyond --max-size";
  if (recorder.is_disk_slow()) return "the disk was too slow";
  return "no CPU had time to compress them";
}

std::string recording_text(const std::string& path, const Recorder& recorder) {
  if (recorder.dropped() == 0) return {};
  return fmt::format("{}: {} events, {}; the report has {} more, which are not written: {}\n",
                     output_name(path), format_grouped(recorder.records()),
                     format_bytes(recorder.bytes()), format_grouped(recorder.dropped()),
                     unwritten_cause(recorder, false));
}

}  // namespace hoodtrace
