// SPDX-License-Identifier: GPL-2.0-or-later
// What is said of records that did not get into a recording.
#pragma once

#include <string>
#include <string_view>

#include "stream/recorder.hpp"

namespace hoodtrace {

// Why a recorder dropped records. `has_failed`: an error ended its file.
std::string_view unwritten_cause(const Recorder& recorder, bool has_failed);

// Of a recording beside a report (-w PATH) that is finished without an error: a line when it lacks records
// that the report has, else nothing.
std::string recording_text(const std::string& path, const Recorder& recorder);

}  // namespace hoodtrace
