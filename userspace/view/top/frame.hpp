// SPDX-License-Identifier: GPL-2.0-or-later
// A screen full of text before it is on a terminal: what `top` draws on, and what its tests read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hoodtrace {

// What a piece of text is, not how it looks: the terminal chooses that.
enum class Role : std::uint8_t {
  kNormal,
  kStrong,
  kFaint,
  kSelected,
  kSelectedFaint,  // selected, and not there any more
  kAlarm,
  kBar
};

class Frame {
 public:
  Frame(std::size_t width, std::size_t height) : width_(width), cells_(width * height) {}

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t height() const { return width_ == 0 ? 0 : cells_.size() / width_; }

  // Writes printable text from `column` on, cut at the right edge. Returns the column behind it. A
  // row that does not exist is left out.
  std::size_t put(std::size_t row, std::size_t column, std::string_view printable_text,
                  Role role = Role::kNormal);
  // Gives the whole row one role.
  void paint(std::size_t row, Role role);

  struct Run {
    std::string text;
    Role role;
  };
  // The row as pieces of one role each, from the left edge to the right one.
  [[nodiscard]] std::vector<Run> runs(std::size_t row) const;
  // The whole frame as lines without blanks at their ends.
  [[nodiscard]] std::string text() const;

 private:
  struct Cell {
    std::string text = " ";  // a character with what combines with it; "" behind a wide one
    Role role = Role::kNormal;
  };

  std::size_t width_;
  std::vector<Cell> cells_;
};

}  // namespace hoodtrace
