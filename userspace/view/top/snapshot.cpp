// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/snapshot.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace hoodtrace {
namespace {

// What a row of a task is about besides the task itself.
constexpr std::array<std::string_view, 2> kOfTask = {"part", "what"};
// What other rows are told apart by: every table has some of these.
constexpr std::array<std::string_view, 8> kIdentity = {"comm",  "cgroup", "cpu",  "dev",
                                                       "inode", "path",   "part", "what"};

std::string task_key(const TaskOfRow& task) {
  std::string key = task.tid ? "t" : "p";
  key += std::to_string(task.tid ? *task.tid : *task.pid);
  key += '\0';
  if (task.start_ns) key += std::to_string(*task.start_ns);
  key += '\0';
  return key;
}

}  // namespace

std::size_t Snapshot::bytes() const {
  std::size_t bytes = sizeof(Snapshot);
  for (const auto& table : tables) {
    if (!table) continue;
    for (const auto& row : table->rows) {
      bytes += row.size() * sizeof(Cell);
      for (const Cell& cell : row)
        if (const auto* text = std::get_if<std::string>(&cell)) bytes += text->capacity();
    }
  }
  for (const WaitCounts& counts : waits)
    bytes += sizeof(WaitCounts) + counts.capacity() * sizeof(counts.front());
  if (moments)
    for (const auto& moment : moments->last) bytes += sizeof(moment) + moment.text.capacity();
  return bytes;
}

std::optional<std::size_t> place_of(const Table& table, std::string_view key) {
  const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                               [key](const Column& column) { return column.key == key; });
  if (at == table.columns.end()) return {};
  return static_cast<std::size_t>(at - table.columns.begin());
}

std::string_view text_at(const Table& table, const std::vector<Cell>& row, std::string_view key) {
  const std::optional<std::size_t> place = place_of(table, key);
  if (!place) return {};
  const auto* text = std::get_if<std::string>(&row[*place]);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::optional<std::uint64_t> number_at(const Table& table, const std::vector<Cell>& row,
                                       std::string_view key) {
  const std::optional<std::size_t> place = place_of(table, key);
  if (!place) return {};
  const auto* number = std::get_if<std::uint64_t>(&row[*place]);
  if (number == nullptr) return {};
  return *number;
}

std::uint64_t wait_within(const Table& table, const std::vector<Cell>& row) {
  const std::uint64_t wait_ns = number_at(table, row, "wait_ns").value_or(0);
  const std::uint64_t before_ns = number_at(table, row, "wait_outside_ns").value_or(0);
  return wait_ns - std::min(wait_ns, before_ns) + number_at(table, row, "wait_open_ns").value_or(0);
}

std::string row_key(const Table& table, const std::vector<Cell>& row) {
  std::string key;
  const auto add = [&](std::string_view part) {
    const std::optional<std::size_t> place = place_of(table, part);
    if (!place) return;
    if (const auto* number = std::get_if<std::uint64_t>(&row[*place]))
      key += std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&row[*place])) key += *text;
    key += '\0';
  };
  const std::optional<TaskOfRow> task = task_of_row(table, row);
  if (task) key = task_key(*task);
  if (task)
    std::for_each(kOfTask.begin(), kOfTask.end(), add);
  else
    std::for_each(kIdentity.begin(), kIdentity.end(), add);
  return key;
}

std::optional<TaskOfRow> task_of_row(const Table& table, const std::vector<Cell>& row) {
  TaskOfRow task;
  task.tid = number_at(table, row, "tid");
  task.pid = number_at(table, row, "pid");
  task.start_ns = number_at(table, row, "start_ns");
  if (!task.tid && !task.pid) return {};
  return task;
}

bool is_same_task(const TaskOfRow& a, const TaskOfRow& b) {
  if (a.tid.has_value() != b.tid.has_value()) return false;
  if (a.tid ? *a.tid != *b.tid : a.pid != b.pid) return false;
  return !a.start_ns || !b.start_ns || *a.start_ns == *b.start_ns;
}

}  // namespace hoodtrace
