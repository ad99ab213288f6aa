// SPDX-License-Identifier: GPL-2.0-or-later
// Finds out what the running kernel has: from its BTF and its mounts.
#pragma once

#include <string>

#include "base/result.hpp"
#include "probe/family_table.hpp"
#include "probe/features.hpp"

namespace hoodtrace {

// `btf_path` empty = the running kernel's. A kernel without BTF is not an error: features.btf is
// false. A btf_path that cannot be read is. `families`: for faults it searches for the direct map too,
// which runs a BPF program; for disk it reads the addresses of the kernel's functions.
Result<Features> detect_features(const std::string& btf_path, const Families& families);

}  // namespace hoodtrace
