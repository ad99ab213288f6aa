// SPDX-License-Identifier: GPL-2.0-or-later
#include "event/irq_words.hpp"

#include <array>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

// In the order of include/linux/interrupt.h.
constexpr std::array<std::string_view, 10> kSoftirqs = {
    "HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU"};

}  // namespace

std::string_view irq_kind_word(std::uint8_t kind) {
  switch (kind) {
    case HT_IRQ_DEVICE:
      return "device";
    case HT_IRQ_SOFT:
      return "soft";
    case HT_IRQ_LOCAL:
      return "local";
    default:
      return "?";
  }
}

std::string irq_name(const ht_irq& irq) {
  if (irq.kind == HT_IRQ_SOFT)
    return irq.vector < kSoftirqs.size() ? std::string(kSoftirqs[irq.vector])
                                         : std::to_string(irq.vector);
  const std::string_view name = fixed_string(irq.name);
  return name.empty() ? std::to_string(irq.vector) : std::string(name);
}

}  // namespace hoodtrace
