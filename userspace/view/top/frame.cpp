// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/frame.hpp"

#include "base/text.hpp"

namespace hoodtrace {
namespace {

// Takes the first character off well-formed UTF-8.
std::string_view take_character(std::string_view& text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
    length++;
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

}  // namespace

std::size_t Frame::put(std::size_t row, std::size_t column, std::string_view printable_text,
                       Role role) {
  if (row >= height()) return column;
  Cell* line = &cells_[row * width_];
  while (!printable_text.empty()) {
    const std::string_view character = take_character(printable_text);
    const std::size_t width = display_width(character);
    if (width == 0) {
      if (column > 0 && column <= width_) line[column - 1].text += character;
      continue;
    }
    if (column + width > width_) break;
    line[column] = {std::string(character), role};
    if (width == 2) line[column + 1] = {"", role};
    column += width;
  }
  return column;
}

void Frame::paint(std::size_t row, Role role) {
  if (row >= height()) return;
  for (std::size_t i = 0; i < width_; i++) cells_[row * width_ + i].role = role;
}

std::vector<Frame::Run> Frame::runs(std::size_t row) const {
  std::vector<Run> list;
  for (std::size_t i = 0; i < width_; i++) {
    const Cell& cell = cells_[row * width_ + i];
    if (list.empty() || list.back().role != cell.role) list.push_back({"", cell.role});
    list.back().text += cell.text;
  }
  return list;
}

std::string Frame::text() const {
  std::string out;
  for (std::size_t row = 0; row < height(); row++) {
    std::string line;
    for (const Run& run : runs(row)) line += run.text;
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace hoodtrace
