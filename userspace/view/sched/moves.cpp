// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/moves.hpp"

#include <array>
#include <string_view>

#include "event/move_words.hpp"
#include "view/columns.hpp"

namespace hoodtrace {
namespace {

struct MoveRow {
  std::string_view reason;
  Moves moves;
  bool knows_caches;
  bool knows_nodes;
};
using MoveColumn = ColumnOf<MoveRow>;

// Its order is the JSON schema's.
constexpr std::array kColumns = {
    MoveColumn{"reason", "MIGRATIONS BY", Unit::kText, 1,
               [](const MoveRow& r) -> Cell { return std::string(r.reason); }},
    MoveColumn{"count", "COUNT", Unit::kCount, 1,
               [](const MoveRow& r) -> Cell { return r.moves.count; }},
    MoveColumn{"other_cache", "OTHER-CACHE", Unit::kCount, 2,
               [](const MoveRow& r) -> Cell {
                 if (!r.knows_caches) return {};
                 return r.moves.other_cache;
               }},
    MoveColumn{"other_node", "OTHER-NODE", Unit::kCount, 2,
               [](const MoveRow& r) -> Cell {
                 if (!r.knows_nodes) return {};
                 return r.moves.other_node;
               }},
};

}  // namespace

void add_moves(const MoveTracker& tracker, const ViewOptions& options, Report& report) {
  if (!tracker.is_recorded()) return;
  std::vector<MoveRow> rows;
  for (const auto& [reason, moves] : tracker.moves())
    rows.push_back({reason == MoveTracker::kFork ? "fork" : move_word(reason), moves,
                    tracker.knows_caches(), tracker.knows_nodes()});
  sort_rows(kColumns, rows, "count");
  ViewOptions all = options;
  all.top = 0;
  if (options.json) {
    report.body.emplace_back("migrations", rows_json(kColumns, rows, all));
    return;
  }
  report.tables.push_back(rows_table(kColumns, rows, all));
}

}  // namespace hoodtrace
