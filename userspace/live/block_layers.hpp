// SPDX-License-Identifier: GPL-2.0-or-later
// Block devices on top of others: which there are, and how a bio that dm, md or loop makes for the device
// below leads to the request above.
#pragma once

#include "live/kernel_symbols.hpp"
#include "probe/features.hpp"

struct btf;

namespace hoodtrace {

// `types`: the kernel's. `modules`: they are those of the running kernel, so the BTF of its modules
// fits.
BlockLayers find_block_layers(btf* types, bool modules, const KernelSymbols& symbols);

}  // namespace hoodtrace
