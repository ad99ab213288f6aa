// SPDX-License-Identifier: GPL-2.0-or-later
// Pages without a script, as a browser shows them.

#include <gtest/gtest.h>

#include "lab/page.hpp"
#include "output/diff_html.hpp"
#include "support/diff_report.hpp"
#include "support/script_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::golden {
namespace {

nlohmann::json look_at(const std::string& page) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder.file("page.html"), page);
  return testing::run_script("static_page.py", {folder.file("page.html")});
}

// It loads nothing, runs nothing, and draws nothing outside its pictures.
void expect_clean(const nlohmann::json& seen) {
  EXPECT_EQ(seen["outside"], nlohmann::json::array());
  EXPECT_EQ(seen["loaded"], 0);
  EXPECT_EQ(seen["foreign_elements"], 0);
  EXPECT_EQ(seen["broken_links"], nlohmann::json::array());
  EXPECT_EQ(seen["console"], nlohmann::json::array());
}

TEST(StaticPages, LabExplains) {
  if (const std::string why = testing::why_no_browser(); !why.empty()) GTEST_SKIP() << why;
  const nlohmann::json seen = look_at(lab_page(experiments()));
  ASSERT_TRUE(seen.is_object());
  EXPECT_EQ(seen["title"], "hoodtrace lab");
  EXPECT_EQ(seen["headings"].size(), experiments().size());
  std::size_t pictures = 0;
  for (const Experiment* one : experiments()) pictures += one->picture.bars.empty() ? 0 : 1;
  EXPECT_EQ(seen["pictures"], pictures);
  expect_clean(seen);
}

// A slower disk, and a comm that would be an element of its own if it were not escaped.
TEST(StaticPages, DiffShowsBothSides) {
  if (const std::string why = testing::why_no_browser(); !why.empty()) GTEST_SKIP() << why;
  const auto samples = [](const DiffScene& scene, double waits) {
    DiffSamples made = DiffScenario(scene).read().samples;
    DiffSamples with_hostile;
    for (std::size_t i = 0; i < made.pieces().size(); i++) {
      DiffPiece piece = made.pieces()[i];
      piece.add({DiffMetric::kWaitNs, DiffBy::kComm, "<b>bold</b><img src=x>"},
                waits * 1e6 + static_cast<double>(i % 3));
      with_hostile.add_slice(std::move(piece));
    }
    return with_hostile;
  };
  DiffScene after{.seed = 2};
  after.service_ns *= 2;
  const DiffReport report = diff_report(samples({.seed = 1}, 5), samples(after, 50));
  const nlohmann::json seen = look_at(diff_html(report));
  ASSERT_TRUE(seen.is_object());
  EXPECT_EQ(seen["title"], "hoodtrace diff");
  const auto text = seen["text"].get<std::string>();
  EXPECT_NE(text.find("p50 of service times"), std::string::npos) << text;
  EXPECT_NE(text.find("comm <b>bold</b><img src=x>"), std::string::npos) << text;
  EXPECT_GT(seen["pictures"], 4);
  EXPECT_GT(seen["paths"], seen["pictures"]);
  expect_clean(seen);
}

}  // namespace
}  // namespace hoodtrace::golden
