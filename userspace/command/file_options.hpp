// SPDX-License-Identifier: GPL-2.0-or-later
// The files that a command line names, before any of them is opened.
#pragma once

#include <string>

#include "base/output_file.hpp"
#include "base/result.hpp"
#include "command/options.hpp"

namespace hoodtrace {

// An error when a file that is read is written too, or two outputs are one file.
Result<void> check_files(const Options& options);

// How a message names an output: "" and "-" are standard output.
std::string output_name(const std::string& output);

// When a file that exists is replaced: by a live run at the first byte, else when it is whole.
Replace replace_of(const Options& options);

}  // namespace hoodtrace
