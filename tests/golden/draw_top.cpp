// SPDX-License-Identifier: GPL-2.0-or-later
// A screen of `top` as a picture (SVG), for the README:
//   draw_top RECORDING 2 110 22 > docs/top.svg
// KEYS as they are typed; "\n" is Enter, "\v" Down.

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "support/recorded_browser.hpp"

namespace {

using namespace hoodtrace;

constexpr double kColumn = 8.4;  // of a font of 14 pixels
constexpr double kRow = 18;
constexpr double kMargin = 10;

std::string_view class_of(Role role) {
  switch (role) {
    case Role::kNormal:
      return "n";
    case Role::kStrong:
      return "b";
    case Role::kFaint:
    case Role::kSelectedFaint:
      return "f";
    case Role::kSelected:
      return "s";
    case Role::kAlarm:
      return "a";
    case Role::kBar:
      return "g";
  }
  return "n";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

void print_row(const Frame& frame, std::size_t row) {
  double column = 0;
  for (const Frame::Run& run : frame.runs(row)) {
    const auto width = static_cast<double>(display_width(run.text));
    const double x = kMargin + column * kColumn;
    const double y = kMargin + static_cast<double>(row) * kRow;
    if (run.role == Role::kSelected)
      fmt::print("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" class=\"r\"/>\n",
                 x, y, width * kColumn, kRow);
    if (run.text.find_first_not_of(' ') != std::string::npos)
      fmt::print("<text x=\"{:.1f}\" y=\"{:.1f}\" textLength=\"{:.1f}\" class=\"{}\">{}</text>\n",
                 x, y + 14, width * kColumn, class_of(run.role), escaped(run.text));
    column += width;
  }
}

void print(const Frame& frame) {
  const double width = 2 * kMargin + static_cast<double>(frame.width()) * kColumn;
  const double height = 2 * kMargin + static_cast<double>(frame.height()) * kRow;
  fmt::print(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\">\n<style>text {{ font: 14px 'DejaVu Sans Mono', Menlo, "
      "Consolas, monospace; white-space: pre }} .n {{ fill: #d8dee9 }} .b {{ fill: #ffffff; "
      "font-weight: bold }} .f {{ fill: #7b8496 }} .s {{ fill: #1c2128 }} .a {{ fill: #ff6b68 }} "
      ".g {{ fill: #8fd0a0 }} .r {{ fill: #d8dee9 }}</style>\n"
      "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#1c2128\"/>\n",
      width, height);
  for (std::size_t row = 0; row < frame.height(); row++) print_row(frame, row);
  fmt::print("</svg>\n");
}

void draw(const std::string& path, std::string_view keys, std::size_t width, std::size_t height) {
  BrowserFacts facts;
  facts.host = "db1";
  facts.from = path;
  facts.target = path.substr(path.rfind('/') + 1);
  testing::RecordedBrowser browser(path, std::move(facts));
  for (; !keys.empty(); keys.remove_prefix(1)) {
    if (keys.front() == '\n')
      browser.press(KeyCode::kEnter);
    else if (keys.front() == '\v')
      browser.press(KeyCode::kDown);
    else
      browser.type(keys.substr(0, 1));
  }
  print(browser.frame(width, height));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: draw_top RECORDING KEYS COLUMNS ROWS\n");
    return 2;
  }
  try {
    draw(argv[1], argv[2], std::strtoul(argv[3], nullptr, 10), std::strtoul(argv[4], nullptr, 10));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "draw_top: %s\n", error.what());
    return 1;
  }
  return 0;
}
