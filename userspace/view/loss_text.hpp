// SPDX-License-Identifier: GPL-2.0-or-later
// What is missing in a stream, in words: the same in reports, info, exports and recordings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/stream_account.hpp"

namespace hoodtrace {

using LostByKind = std::map<std::string, std::uint64_t>;

// "none lost"; "5 lost: 3 switch, 2 wait; 1 not decodable". Without switches that the kernel does
// not report.
std::string lost_text(const LostByKind& lost, std::uint64_t undecodable);

// "98 switches not reported by the kernel"; empty when there are none.
std::string unshown_text(const LostByKind& lost);

// "1.00 s that the kernel counts as waiting was sleep, and is taken off; waits not measured because of that:
// 2 ..."; empty when there is none.
std::string slept_text(const SleptAsWait& slept);

// The target's cgroup was made again; empty when it was not. `started_ns`: of the session.
std::string remade_text(std::optional<std::uint64_t> remade_ns, std::uint64_t started_ns);

// hoodtrace could not follow, and stopped naming culprits; empty when it did not.
std::string culprits_off_text(std::optional<std::uint64_t> off_ns, std::uint64_t started_ns);

// Of a recording that was cut.
inline constexpr std::string_view kNoEndText =
    "the recording has no end: hoodtrace was killed, or the disk was full; what happened later is "
    "not in it";

// The first two above, as one line each.
std::string remarks_text(const StreamAccount& account, std::uint64_t started_ns);

// Lost and not reported: "5 lost: 3 switch, 2 wait; 98 switches not reported by the kernel".
std::string missing_text(const LostByKind& lost, std::uint64_t undecodable);

// "49 556 seen, " and both, and what slept_text() says.
std::string account_text(const StreamAccount& account);

}  // namespace hoodtrace
