// SPDX-License-Identifier: GPL-2.0-or-later
// Where libbpf looks for the running kernel's types.
#pragma once

#include <string>

#include "base/result.hpp"

namespace hoodtrace {

// libbpf takes the types of the hooks from fixed places and from no file that one names. Where the
// kernel does not show them (/sys/kernel/btf hidden, as in some containers), puts `file` into such
// a place, in a mount namespace of this process's own: nobody else sees it. Needs CAP_SYS_ADMIN
// then; does nothing where the kernel shows its types. Before the object is opened, once.
Result<void> put_btf_in_place(const std::string& file);

}  // namespace hoodtrace
