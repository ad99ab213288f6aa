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
  return fmt::format("{} switch{} not reported by the kernel", format_grouped(found->second),
                     found->second == 1 ? "" : "es");
}

std::string slept_text(const SleptAsWait& slept) {
  if (slept.ns == 0) return {};
  std::string text = fmt::format("{} that the kernel counts as waiting was sleep, and is taken off",
                                 format_duration(slept.ns));
  if (slept.unmeasured > 0)
    text += fmt::format("; waits not measured because of that: {} (--wakers measures them)",
                        format_grouped(slept.unmeasured));
  return text;
}

std::string remade_text(std::optional<std::uint64_t> remade_ns, std::uint64_t started_ns) {
  if (!remade_ns) return {};
  return fmt::format(
      "the target's cgroup was removed and made again {} after the start: tasks in the new one are "
      "not traced; start hoodtrace again to trace them",
      format_duration(*remade_ns - std::min(*remade_ns, started_ns)));
}

std::string culprits_off_text(std::optional<std::uint64_t> off_ns, std::uint64_t started_ns) {
  if (!off_ns) return {};
  return fmt::format(
      "hoodtrace could not keep up {} after the start: from then on no task is named as waited "
      "behind; --no-culprits and a larger --buffer make room",
      format_duration(*off_ns - std::min(*off_ns, started_ns)));
}

std::string remarks_text(const StreamAccount& account, std::uint64_t started_ns) {
  std::string text;
  for (const std::string& remark : {remade_text(account.target_remade_ns(), started_ns),
                                    culprits_off_text(account.culprits_off_ns(), started_ns)})
    if (!remark.empty()) text += remark + "\n";
  return text;
}

std::string missing_text(const LostByKind& lost, std::uint64_t undecodable) {
  const std::string unshown = unshown_text(lost);
  return lost_text(lost, undecodable) + (unshown.empty() ? "" : "; " + unshown);
}

std::string account_text(const StreamAccount& account) {
  const std::string slept = slept_text(account.slept());
  return fmt::format("{} seen, {}{}{}", format_grouped(account.seen()),
                     missing_text(account.lost(), account.undecodable()), slept.empty() ? "" : "; ",
                     slept);
}

}  // namespace hoodtrace
