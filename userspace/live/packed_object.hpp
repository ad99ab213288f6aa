// SPDX-License-Identifier: GPL-2.0-or-later
// The BPF object is in the program as a zstd frame: an eighth of its size. For the skeleton that bpftool
// makes (scripts/cmake/pack_skeleton.sed).
#pragma once

#include <cstddef>

namespace hoodtrace {

// Unpacked memory, which stays to the program's end, and its size; null when there is none.
const void* unpack_object(const unsigned char* begin, const unsigned char* end, std::size_t* bytes);

}  // namespace hoodtrace
