// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/who_table.hpp"

#include <fmt/format.h>

namespace hoodtrace {

WhoTable::WhoTable() {
  add({0, "(idle)", true});
  add({0, "(unknown)", false});
  add({0, "(queued elsewhere)", false});
  add({0, "(others)", false});
  add({0, "(throttled)", false});
  add({0, "(throttled by its own deadline)", false});
}

WhoId WhoTable::add(Who who) {
  names_.push_back(std::move(who));
  return static_cast<WhoId>(names_.size() - 1);
}

WhoId WhoTable::intern(std::uint32_t pid, std::string_view comm) {
  const bool by_pid = names_.size() < kLimit;
  const std::string key = by_pid ? fmt::format("{}/{}", pid, comm) : fmt::format("/{}", comm);
  const auto found = ids_.find(key);
  if (found != ids_.end()) return found->second;
  if (names_.size() >= 2 * kLimit) return kOther;
  const WhoId id = add({by_pid ? pid : 0, std::string(comm), by_pid});
  ids_.emplace(key, id);
  return id;
}

}  // namespace hoodtrace
