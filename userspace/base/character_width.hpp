// SPDX-License-Identifier: GPL-2.0-or-later
// How many columns of a terminal a character takes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hoodtrace {

// 0, 1 or 2 (UAX #11; combining marks and format characters 0). `code` is no control character.
std::size_t character_width(std::uint32_t code);

}  // namespace hoodtrace
