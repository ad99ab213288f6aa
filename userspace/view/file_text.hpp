// SPDX-License-Identifier: GPL-2.0-or-later
// A file for a person, whatever is known of it.
#pragma once

#include <string>

#include "model/names/file_table.hpp"

namespace hoodtrace {

// "/usr/bin/sh"; "/tmp/x (deleted)"; "/dev/vda1 (block device: metadata and raw reads)". Hostile: what
// prints it must make it printable. Not for kOtherFiles.
std::string file_text(const FileTable& files, FileId id);

}  // namespace hoodtrace
