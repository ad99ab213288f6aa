// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a seccomp filter refuses bpf(2) to this process.
#pragma once

namespace hoodtrace {

// It has a filter, and both capabilities that bpf(2) needs: if the kernel answers EPERM, that is the filter's.
bool seccomp_may_refuse_bpf();

// The filter refuses to load BPF programs. Tries it with no program, which the kernel itself answers with another
// error.
bool seccomp_refuses_bpf();

}  // namespace hoodtrace
