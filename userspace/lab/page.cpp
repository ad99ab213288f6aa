// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/page.hpp"

#include <fmt/format.h>

#include <sstream>

#include "base/html.hpp"
#include "lab/picture.hpp"

namespace hoodtrace {
namespace {

constexpr std::string_view kStyle = R"(
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px auto; max-width: 900px; padding: 0 16px; color: #222; background: #fff }
h1 { font-size: 22px } h2 { font-size: 17px; margin: 36px 0 4px; border-top: 1px solid #ddd; padding-top: 16px }
nav p { margin: 4px 0 } .chapter { color: #666 } .summary { font-weight: 600 }
pre { background: #f6f6f4; padding: 8px; overflow-x: auto; font-size: 13px } a { color: #2a5f95 }
)";

// Indented lines are drawings and formulas; they stay as they are. An empty line ends a paragraph.
std::string paragraphs(std::string_view text) {
  std::string out;
  std::string_view open;
  const auto change_to = [&](std::string_view tag) {
    if (tag == open) return;
    if (!open.empty()) out += fmt::format("</{}>\n", open);
    if (!tag.empty()) out += fmt::format("<{}>", tag);
    open = tag;
  };
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    change_to(line.empty() ? "" : line.starts_with("  ") ? "pre" : "p");
    if (!line.empty()) out += html_escaped(line) + "\n";
  }
  change_to("");
  return out;
}

std::string contents(const std::vector<const Experiment*>& list) {
  std::string out = "<nav>\n";
  std::string_view chapter;
  for (const Experiment* one : list) {
    if (one->chapter != chapter)
      out += fmt::format("{}<p><span class=chapter>{}:</span>", chapter.empty() ? "" : "</p>\n",
                         html_escaped(one->chapter));
    chapter = one->chapter;
    out += fmt::format(" <a href=\"#{0}\">{0}</a>", html_escaped(one->name));
  }
  return out + "</p>\n</nav>\n";
}

// The captions name the kinds as they are drawn in text.
std::string legend() {
  std::string out = "<p>Colours of the pictures, and the signs that stand for them in a terminal:";
  for (const char kind : kBarKinds)
    out += fmt::format(" <svg width=14 height=14><rect class={} width=14 height=14 /></svg> {}",
                       picture_class(kind), kind);
  return out + "</p>\n";
}

}  // namespace

std::string lab_page(const std::vector<const Experiment*>& list) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=en><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width\"><title>hoodtrace lab</title>\n"
      "<style>{}{}</style>\n<h1>hoodtrace lab: experiments with known numbers</h1>\n"
      "<p>What each experiment predicts, and why. <code>sudo hoodtrace lab NAME</code> runs one on "
      "this machine, and compares what was predicted, what hoodtrace measured, and what the kernel "
      "counted.</p>\n{}",
      kStyle, picture_style(), legend());
  if (list.size() > 1) out += contents(list);
  for (const Experiment* one : list)
    out += fmt::format(
        "<section id=\"{0}\"><h2>{0} <span class=chapter>({1})</span></h2>\n"
        "<p class=summary>{2}</p>\n{3}{4}<pre>sudo hoodtrace lab {0}</pre></section>\n",
        html_escaped(one->name), html_escaped(one->chapter), html_escaped(one->summary),
        paragraphs(one->text), picture_svg(one->picture));
  return out + "</html>\n";
}

}  // namespace hoodtrace
