// SPDX-License-Identifier: GPL-2.0-or-later
// What is on the screen of `top`, and what each key does to it. It knows no terminal: it takes
// snapshots and keys, and draws frames.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "view/top/frame.hpp"
#include "view/top/history.hpp"
#include "view/top/keys.hpp"
#include "view/top/page_lines.hpp"
#include "view/top/remarks.hpp"
#include "view/top/row_order.hpp"
#include "view/top/snapshot.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

struct BrowserFacts {
  std::string host;
  std::string target;  // in words; printable
  std::string
      options;       // that select the same target on a command line, each with a blank before it
  std::string from;  // the recording; "" = live
  bool is_utf8 = true;
  bool can_attach = true;  // a family that is not traced yet
  std::uint64_t interval_ns = 1'000'000'000;
  std::uint64_t keep_ns = 300'000'000'000;
  std::size_t most_bytes = std::size_t{256} << 20;
};

class Browser {
 public:
  explicit Browser(BrowserFacts facts);

  // `now_ms`: of any clock that goes on.
  void take(std::shared_ptr<const Snapshot> snapshot, std::uint64_t now_ms);
  // The same time counted anew, as wish() was: all intervals of a recording.
  void take_again(const std::vector<std::shared_ptr<const Snapshot>>& snapshots,
                  std::uint64_t now_ms);
  // A line for the user, until the next key.
  void say(std::string text) { message_ = std::move(text); }
  // The family that wish() has cannot be attached, and why.
  void refuse_family(std::string why);
  // No more snapshots come; `why` in words, "" when a recording ended. The worst interval of a
  // recording is shown.
  void end(std::string why);

  // kAttach: wish().family is to be attached. kWrite: path_to_write() is to be written.
  enum class Outcome : std::uint8_t { kStay, kQuit, kAttach, kWrite };
  Outcome on_key(const Key& key, std::uint64_t now_ms);

  void draw(Frame& frame);

  // What the intervals should be made for.
  struct Wish {
    Grouping by = Grouping::kThread;  // of Tasks
    std::string sort;                 // of Tasks
    std::uint64_t interval_ns = 1'000'000'000;
    std::optional<TaskOfRow> task;  // whose page is open: it has a row, and its events are kept
    std::optional<Family> family;   // asked for, and not traced yet

    // A recording that was read for `other` must be read again for this.
    [[nodiscard]] bool differs_from(const Wish& other) const {
      return by != other.by || interval_ns != other.interval_ns ||
             (task && !(other.task && is_same_task(*task, *other.task)));
    }
  };
  [[nodiscard]] Wish wish() const;
  [[nodiscard]] const std::string& path_to_write() const { return path_to_write_; }

 private:
  enum class Page : std::uint8_t { kTable, kTask, kHelp, kRemarks };
  enum class Prompt : std::uint8_t { kNone, kFilter, kTime, kPath };
  struct Screen {
    RowOrder order;
    std::string filter_text;
    RowFilter filter;
    std::string unit;  // Tasks: of this cgroup only; "" = all
    std::size_t first_row = 0;
  };

  Screen& screen() { return screens_[index_of(screen_)]; }
  [[nodiscard]] const Table* table() const;
  Outcome obey(Action action, std::uint64_t now_ms);
  void arrange(std::uint64_t now_ms);
  void move(std::ptrdiff_t rows);
  void change_interval(bool longer);
  void say_when_it_comes(std::string what);

  // browser_open.cpp
  void show_screen(ScreenId screen);
  Outcome open();
  Outcome ask_for_family();
  void open_remark();
  void go_back();
  void click(const Key& key);
  void toggle_follow();
  void place_bar();

  // browser_prompt.cpp
  void begin_prompt(Prompt prompt);
  Outcome on_prompt_key(const Key& key);
  Outcome take_prompt();
  void take_filter();
  void go_to_time();
  [[nodiscard]] std::string command() const;

  // draw.cpp
  [[nodiscard]] std::optional<bool> last_audit() const;
  void draw_head(Frame& frame) const;
  void draw_tabs(Frame& frame);
  void draw_lines_of_time(Frame& frame) const;
  void draw_page(Frame& frame, std::size_t from, std::size_t until);
  void draw_remarks(Frame& frame, std::size_t from, std::size_t until) const;
  void draw_absence(Frame& frame, std::size_t row) const;
  [[nodiscard]] std::string table_heading(const Table& table) const;
  void draw_table(Frame& frame, std::size_t from, std::size_t until);
  void draw_message(Frame& frame, std::size_t row) const;
  void draw_foot(Frame& frame) const;

  BrowserFacts facts_;
  History history_;
  std::vector<Screen> screens_;
  ScreenId screen_ = ScreenId::kTasks;
  Page page_ = Page::kTable;
  Prompt prompt_ = Prompt::kNone;
  std::string prompt_text_;
  std::string message_;  // one line for the user; the next key takes it away
  std::vector<Remark> remarks_;
  std::size_t remark_ = 0;
  std::optional<TaskOfRow> task_;  // of the page of one task
  std::optional<TaskOfRow> followed_;
  std::string followed_name_;  // printable
  bool followed_is_here_ = false;
  std::size_t scroll_ = 0;  // of a page of lines
  Grouping by_ = Grouping::kThread;
  std::optional<Family> wanted_;  // until it is traced
  std::string path_to_write_;
  std::string ended_;
  bool has_ended_ = false;
  std::uint64_t rests_until_ms_ = 0;
  std::size_t page_rows_ = 10;  // of the table, as last drawn
  struct Tab {
    std::size_t from;
    std::size_t until;
    ScreenId screen;
  };
  std::vector<Tab> tabs_;  // as last drawn, for clicks
  std::size_t table_row_ = 0;
};

}  // namespace hoodtrace
