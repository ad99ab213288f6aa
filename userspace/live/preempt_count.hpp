// SPDX-License-Identifier: GPL-2.0-or-later
// Where a CPU has its preemption count, which says whether an interrupt is being served. A program
// cannot name the variable where the kernel's symbols lack data (CONFIG_KALLSYMS_ALL is off), but its
// distance from the CPU's run queue is in the BTF.
#pragma once

#include "probe/features.hpp"

struct btf;

namespace hoodtrace {

// x86 only. From 6.2 (64701838bf05) to 6.14 the count is a member of pcpu_hot, else a variable,
// __preempt_count.
PreemptCount find_preempt_count(const btf* types);

}  // namespace hoodtrace
