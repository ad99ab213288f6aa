// SPDX-License-Identifier: GPL-2.0-or-later
// The streams that golden procs reports are made from.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// make, a compiler, a script that fails, a child that dumps core, an orphan in a container that
// stays a zombie.
StreamBuilder small_build();

// Escapes, newlines, invalid UTF-8, a formula, and a name of 4 000 bytes, wherever text can stand.
StreamBuilder hostile_lives();

// One process, with a thread that ends and one that lives.
StreamBuilder threads_of_one();
StreamBuilder known_by_more();

}  // namespace hoodtrace::golden
