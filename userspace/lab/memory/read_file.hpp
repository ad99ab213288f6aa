// SPDX-License-Identifier: GPL-2.0-or-later
// Reading a file in a scene, and telling which file it was.
#pragma once

#include <cstddef>

#include "lab/experiment.hpp"

namespace hoodtrace::lab {

// Page by page; throws when the file is shorter.
void read_all(int fd, std::size_t pages);

// Adds "dev" and "inode", as in the report of cache.
void add_identity(int fd, LabJson& facts);

}  // namespace hoodtrace::lab
