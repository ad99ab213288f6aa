// SPDX-License-Identifier: GPL-2.0-or-later
// Browser: from screen to screen, from a row to its page, and back.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "view/top/browser.hpp"

namespace hoodtrace {

void Browser::show_screen(ScreenId next) {
  screen_ = next;
  page_ = Page::kTable;
}

Browser::Outcome Browser::open() {
  if (page_ == Page::kRemarks) {
    open_remark();
    return Outcome::kStay;
  }
  if (page_ != Page::kTable || history_.shown() == nullptr) return Outcome::kStay;
  const Table* table = this->table();
  if (table == nullptr) return ask_for_family();
  const RowOrder& order = screen().order;
  if (order.rows().empty()) return Outcome::kStay;
  const std::vector<Cell>& row = order.rows()[order.selected()].cells;
  if (screen_ == ScreenId::kUnits) {
    const std::string unit(text_at(*table, row, "cgroup"));
    if (unit.empty()) return Outcome::kStay;
    show_screen(ScreenId::kTasks);
    screen().unit = unit;
    return Outcome::kStay;
  }
  const std::optional<TaskOfRow> task = task_of_row(*table, row);
  if (!task) {
    message_ = "this row is no task";
    return Outcome::kStay;
  }
  task_ = task;
  page_ = Page::kTask;
  scroll_ = 0;
  return Outcome::kStay;
}

Browser::Outcome Browser::ask_for_family() {
  if (!facts_.from.empty()) {
    message_ = "the recording does not have it";
  } else if (!facts_.can_attach) {
    message_ = "a command is started once: name the families with --families";
  } else if (has_ended_) {
    message_ = "tracing has ended";
  } else if (!wanted_) {
    wanted_ = kScreens[index_of(screen_)].family;
    return Outcome::kAttach;
  }
  return Outcome::kStay;
}

void Browser::open_remark() {
  if (remarks_.empty()) return;
  const Remark remark = remarks_[remark_];
  show_screen(remark.screen);
  screen().unit.clear();
  screen().filter = {};
  screen().filter_text.clear();
  followed_.reset();
  if (!remark.row_key.empty()) screen().order.select_key(remark.row_key);
}

void Browser::go_back() {
  if (page_ != Page::kTable) {
    page_ = Page::kTable;
  } else if (!screen().filter_text.empty()) {
    screen().filter_text.clear();
    screen().filter = {};
  } else if (!screen().unit.empty()) {
    screen().unit.clear();
    show_screen(ScreenId::kUnits);
  } else {
    followed_.reset();
  }
}

void Browser::click(const Key& key) {
  for (const Tab& tab : tabs_)
    if (key.row == 1 && key.column >= tab.from && key.column < tab.until) {
      show_screen(tab.screen);
      arrange(0);
      return;
    }
  if (page_ != Page::kTable || key.row < table_row_ || key.row >= table_row_ + page_rows_) return;
  followed_.reset();
  screen().order.select(screen().first_row + key.row - table_row_);
}

void Browser::toggle_follow() {
  if (followed_) {
    followed_.reset();
    return;
  }
  const Table* table = this->table();
  const std::vector<RowOrder::Row>& rows = screen().order.rows();
  if (table == nullptr || rows.empty()) return;
  const std::vector<Cell>& row = rows[screen().order.selected()].cells;
  followed_ = task_of_row(*table, row);
  if (!followed_) {
    message_ = "this row is no task";
    return;
  }
  followed_name_ = fmt::format("{} ({})", printable(text_at(*table, row, "comm")),
                               followed_->tid ? *followed_->tid : followed_->pid.value_or(0));
}

// On the row of the task that is followed: its own, or one of its process.
void Browser::place_bar() {
  const Table* table = this->table();
  RowOrder& order = screen().order;
  const auto place = [&](const auto& is_it) {
    const auto is_shown = [&](const RowOrder::Row& row) {
      const std::optional<TaskOfRow> task = task_of_row(*table, row.cells);
      return !row.is_gone && task && is_it(*task);
    };
    const auto at = std::find_if(order.rows().begin(), order.rows().end(), is_shown);
    if (at == order.rows().end()) return false;
    order.select(static_cast<std::size_t>(at - order.rows().begin()));
    return true;
  };
  followed_is_here_ =
      place([this](const TaskOfRow& task) { return is_same_task(task, *followed_); }) ||
      place([this](const TaskOfRow& task) {
        return task.tid.has_value() != followed_->tid.has_value() && task.pid == followed_->pid;
      });
}

}  // namespace hoodtrace
