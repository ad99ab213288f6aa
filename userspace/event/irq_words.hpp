// SPDX-License-Identifier: GPL-2.0-or-later
// Names of interrupts.
#pragma once

#include <string>
#include <string_view>

#include "event/event.hpp"

namespace hoodtrace {

// "device", "soft", "local".
std::string_view irq_kind_word(std::uint8_t kind);

// Of the handler, as /proc/interrupts has it, or of the soft interrupt, as /proc/softirqs has it; hostile.
std::string irq_name(const ht_irq& irq);

}  // namespace hoodtrace
