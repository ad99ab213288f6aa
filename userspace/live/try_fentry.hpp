// SPDX-License-Identifier: GPL-2.0-or-later
// Does fentry attach to a kernel function? BTF alone does not show it: a kernel may refuse fentry
// altogether (EPERM) or for that function (EBUSY).
#pragma once

#include <cstdint>

namespace hoodtrace {

// Loads and attaches an empty program for a moment, to the function of this id in the running
// kernel's BTF; 0 is none.
bool fentry_attaches(std::uint32_t function);

}  // namespace hoodtrace
