// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of families by the name that a user gives them.
#pragma once

#include <array>
#include <string_view>

#include "probe/trace_request.hpp"

namespace hoodtrace {

struct FamilyName {
  std::string_view name;
  bool Families::*wanted;
};

inline constexpr std::array kFamilies = {
    FamilyName{"sched", &Families::sched},
    FamilyName{"procs", &Families::life},
    FamilyName{"faults", &Families::faults},
    FamilyName{"cache", &Families::cache},
};

}  // namespace hoodtrace
