// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/loss_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"

namespace hoodtrace {

std::string lost_text(const LostByKind& lost, std::uint64_t undecodable) {
  const std::uint64_t total = lost_total(lost);
  std::string text;
  if (total > 0) {
    text = fmt::format("{} lost", format_grouped(total));
    const char* glue = ": ";
    for (const auto& [kind, count] : lost) {
      if (kind == kUnshownKind) continue;
      text += fmt::format("{}{} {}", glue, format_grouped(count), kind);
      glue = ", ";
    }
  }
  if (undecodable > 0)
    text +=
        fmt::format("{}{} not decodable", text.empty() ? "" : "; ", format_grouped(undecodable));
  return text.empty() ? "none lost" : text;
}

std::string unshown_text(const LostByKind& lost) {
  const auto found = lost.find(std::string(kUnshownKind));
  if (found == lost.end() || found->second == 0) return {};
  return fmt::format("{} switches not reported by the kernel", format_grouped(found->second));
}

std::string remade_text(std::optional<std::uint64_t> remade_ns, std::uint64_t started_ns) {
  if (!remade_ns) return {};
  return fmt::format(
      "the target's cgroup was removed and made again {} after the start: tasks in the new one are "
      "not traced; start hoodtrace again to trace them",
      format_duration(*remade_ns - std::min(*remade_ns, started_ns)));
}

std::string missing_text(const LostByKind& lost, std::uint64_t undecodable) {
  const std::string unshown = unshown_text(lost);
  return lost_text(lost, undecodable) + (unshown.empty() ? "" : "; " + unshown);
}

std::string account_text(const StreamAccount& account) {
  return fmt::format("{} seen, {}", format_grouped(account.seen()),
                     missing_text(account.lost(), account.undecodable()));
}

}  // namespace hoodtrace
