// SPDX-License-Identifier: GPL-2.0-or-later
// An error of the bpf system call, for a person.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace hoodtrace {

// "cannot WHAT: ...", with the message of libbpf or the verifier; `error` is an errno.
Error bpf_error(std::string_view what, int error);

}  // namespace hoodtrace
