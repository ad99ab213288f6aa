// SPDX-License-Identifier: GPL-2.0-or-later
// A page of `top` that may be longer than the screen: its lines, and the part of them that is shown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "view/top/frame.hpp"

namespace hoodtrace {

class PageLines {
 public:
  struct Piece {
    std::size_t column;
    std::string text;  // printable
    Role role = Role::kNormal;
  };

  void add(std::string text, Role role = Role::kNormal) { lines_.push_back({{0, text, role}}); }
  void add(std::vector<Piece> pieces) { lines_.push_back(std::move(pieces)); }
  // An empty line, but not two of them, and none at the top.
  void gap();

  // Draws them into the rows [from, until), without the first `scroll` as far as others are left to
  // fill the rows. The last row says how many are below. Returns how many were left out at the top.
  std::size_t draw(Frame& frame, std::size_t from, std::size_t until, std::size_t scroll) const;

 private:
  std::vector<std::vector<Piece>> lines_;
};

}  // namespace hoodtrace
