// SPDX-License-Identifier: GPL-2.0-or-later
// Text in a page.
#pragma once

#include <string>
#include <string_view>

namespace hoodtrace {

// Hostile text as printable() has it, with the characters that mean something in HTML escaped: for
// the content of an element, and for an attribute in quotes.
std::string html_escaped(std::string_view hostile);

}  // namespace hoodtrace
