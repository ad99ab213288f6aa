// SPDX-License-Identifier: GPL-2.0-or-later
// Pictures of experiments, as text and as SVG; and the page that has them.

#include "lab/picture.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "lab/page.hpp"
#include "lab/report.hpp"

namespace hoodtrace {
namespace {

constexpr LabBar kBars[] = {{"a", 0, 10, '#', "ten"},
                            {"a", 10, 20, '-', ""},
                            {"long", 0, 1, '|', "too long for its bar"},
                            {"long", 15, 20, '.', "<&>"}};
constexpr LabPicture kPicture = {"ms & more", kBars};

TEST(LabPicture, TextHasBarsToScale) {
  const std::string text = picture_text(kPicture, 48);
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "  a     ####### ten ########--------------------");
  std::getline(lines, line);
  EXPECT_EQ(line, "  long  ||                            .. <&> ...");
  std::getline(lines, line);
  EXPECT_EQ(line, "        0                                     20");
  std::getline(lines, line);
  EXPECT_EQ(line, "        ms & more");
}

TEST(LabPicture, SvgHasEachBarAndEscapesWords) {
  const std::string svg = picture_svg(kPicture);
  std::size_t bars = 0;
  for (std::size_t at = svg.find("<rect"); at != std::string::npos; at = svg.find("<rect", at + 1))
    bars++;
  EXPECT_EQ(bars, 4U);
  EXPECT_NE(svg.find("ms &amp; more"), std::string::npos);
  EXPECT_NE(svg.find("&lt;&amp;&gt;"), std::string::npos);
  EXPECT_EQ(svg.find("too long"), std::string::npos) << "it has no space";
}

TEST(LabPicture, NoPictureIsNothing) {
  EXPECT_EQ(picture_text({}, 80), "");
  EXPECT_EQ(picture_svg({}), "");
}

// The bars of each lane follow each other, have a length, and a kind that has a colour.
TEST(LabPicture, ThoseOfAllExperimentsAreWellFormed) {
  std::size_t pictures = 0;
  for (const Experiment* one : experiments()) {
    const LabBar* before = nullptr;
    if (!one->picture.bars.empty()) pictures++;
    for (const LabBar& bar : one->picture.bars) {
      EXPECT_LT(bar.from, bar.to) << one->name << bar.label;
      EXPECT_NE(kBarKinds.find(bar.kind), std::string_view::npos) << one->name << bar.kind;
      if (before != nullptr && before->lane == bar.lane) {
        EXPECT_LE(before->to, bar.from) << one->name << bar.label;
      }
      before = &bar;
    }
    std::istringstream lines(lab_explanation(*one, 80));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  }
  EXPECT_GE(pictures, 18U);
}

TEST(LabPage, HasASectionForEachAndLoadsNothing) {
  const std::string page = lab_page(experiments());
  for (const Experiment* one : experiments())
    EXPECT_NE(page.find("<section id=\"" + std::string(one->name) + "\">"), std::string::npos);
  for (const char* word : {"<script", "http:", "https:", "src=", "url("})
    EXPECT_EQ(page.find(word), std::string::npos) << word;
  EXPECT_NE(page.find("<pre>  min  = vm.min_free_kbytes"), std::string::npos);
  EXPECT_EQ(page.find("</p>\n</p>"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
