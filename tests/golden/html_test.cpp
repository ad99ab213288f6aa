// SPDX-License-Identifier: GPL-2.0-or-later
// The HTML page: its data by itself, and the page as a browser shows it.

#include <gtest/gtest.h>

#include "support/command_run.hpp"
#include "support/export_scenario.hpp"
#include "support/life_records.hpp"
#include "support/script_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;
using testing::TemporaryFolder;

std::string page_of(const StreamBuilder& scenario) {
  const CommandRun run = run_command({"export", "--to", "html"}, scenario);
  EXPECT_EQ(run.error, "");
  return run.output;
}

std::string data_text(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin) + begin.size();
  return page.substr(at, page.find("</script>", at) - at);
}

// That number of short processes, one after the other, all children of make (10).
StreamBuilder many(std::uint32_t count) {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session().seen(10, {.comm = "make"});
  for (std::uint32_t i = 0; i < count; i++) {
    const std::uint32_t pid = 100 + i;
    scenario.at(10'000 + i * 100'000ULL)
        .born(pid, {.parent_pid = 10, .comm = "worker", .start_ns = scenario.now_ns()});
    scenario.at(scenario.now_ns() + 20'000).switches({.from = 0, .to = pid, .wait_ns = 9'000});
    scenario.at(scenario.now_ns() + 60'000);
    life.exits(pid);
    scenario.switches({.from = pid, .to = 0, .state = kDead}).ends(pid);
  }
  return scenario;
}

StreamBuilder ended(StreamBuilder scenario) { return scenario.at(scenario.now_ns() + 1000).end(); }

TEST(Html, TheDataIsOfTheScenario) {
  const json data = json::parse(data_text(page_of(export_scenario())));
  EXPECT_EQ(data["target"], "the whole system");
  EXPECT_EQ(data["duration"], 4000);
  EXPECT_EQ(data["lost"], 5);
  ASSERT_EQ(data["processes"].size(), 3U);
  const json& child = data["processes"][2];
  EXPECT_EQ(child["pid"], 11);
  EXPECT_EQ(child["parent"], 0);
  EXPECT_EQ(child["born"], 1000) << "since tracing began";
  EXPECT_EQ(child["exit"], 3000);
  EXPECT_EQ(child["code"], 3);
  EXPECT_EQ(child["execs"][0]["argv"], (json{"cc", "-c", "<a b>.c"}));
  EXPECT_EQ(child["ns"][0], 1500) << "on a CPU from 2600 to 4100";
  EXPECT_EQ(child["ns"][1], 500) << "waited";
  EXPECT_EQ(child["behind"][0], (json{"make (10)", 500}));
  EXPECT_EQ(child["outcome"], "exit 3");
  EXPECT_EQ(child["execs"][0]["command"], "cc -c '<a b>.c'") << "quoted as in text";
}

// As procs has them: the first exec ends the second phase, and without one there is none.
TEST(Html, PhasesAreThoseOfTheText) {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session().seen(10, {.comm = "sh"});
  scenario.at(2000).born(11, {.parent_pid = 10, .start_ns = 2000});
  scenario.at(2100);
  life.first_runs(11, 50);
  scenario.at(2300);
  life.executes(11, "/bin/env", {"env"});
  scenario.at(2600);
  life.executes(11, "/bin/true", {"true"});
  scenario.at(3000);
  life.exits(11, 9);
  scenario.at(3100).born(12, {.parent_pid = 10, .start_ns = 3100});
  scenario.at(3200);
  life.first_runs(12, 50);
  scenario.at(3500);
  life.exits(12);
  scenario.at(5000).end();
  const json data = json::parse(data_text(page_of(scenario)));
  EXPECT_EQ(data["processes"][1]["phases"], (json{{"fork → first run", 1000, 1100},
                                                  {"first run → exec", 1100, 1300},
                                                  {"exec → exit", 1300, 2000},
                                                  {"exit → reaped", 2000, nullptr}}));
  EXPECT_EQ(data["processes"][1]["outcome"], "killed by SIGKILL");
  EXPECT_EQ(data["processes"][2]["phases"], (json{{"fork → first run", 2100, 2200},
                                                  {"first run → exit", 2200, 2500},
                                                  {"exit → reaped", 2500, nullptr}}));
}

TEST(Html, HostileNamesStayText) {
  const std::string data = data_text(page_of(export_scenario()));
  EXPECT_EQ(data.find('<'), std::string::npos);
  EXPECT_EQ(json::parse(data)["processes"][1]["comm"], "</script>\"',\n\xef\xbf\xbd");
}

TEST(Html, LoadsNothingFromAnywhere) {
  const std::string page = page_of(export_scenario());
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* word : {" src=", "<link", "@import", "url("})
    EXPECT_EQ(page.find(word), std::string::npos) << word;
}

TEST(Html, MoreProcessesThanItShowsAreCounted) {
  const json data = json::parse(data_text(page_of(ended(many(9000)))));
  EXPECT_EQ(data["processes"].size(), 8192U);
  EXPECT_EQ(data["hidden"], 9001 - 8192);
}

TEST(Html, OfTooManyProcessesFailedAndLongOnesAreShown) {
  StreamBuilder scenario = many(8500);
  LifeRecords life(scenario);
  const std::uint64_t late_ns = scenario.now_ns();
  scenario.at(late_ns + 1)
      .born(20'000, {.parent_pid = 10, .comm = "fails", .start_ns = late_ns + 1});
  scenario.at(late_ns + 2);
  life.exits(20'000, 1 << 8);
  scenario.at(late_ns + 3)
      .born(20'001, {.parent_pid = 10, .comm = "long", .start_ns = late_ns + 3});
  scenario.at(late_ns + 5'000'000);
  life.exits(20'001);
  const json data = json::parse(data_text(page_of(scenario.at(late_ns + 6'000'000).end())));
  EXPECT_EQ(data["processes"].size(), 8192U);
  const auto& kept = data["processes"];
  EXPECT_EQ(kept[8191]["comm"], "long");
  EXPECT_EQ(kept[8190]["comm"], "fails");
}

TEST(Html, AnEmptyStreamIsAPageToo) {
  EXPECT_EQ(json::parse(data_text(page_of(StreamBuilder())))["processes"], json::array());
}

json use_page(const StreamBuilder& scenario) {
  const TemporaryFolder folder;
  testing::write_file(folder.file("page.html"), page_of(scenario));
  return testing::run_script("html_page.py", {folder.file("page.html")});
}

TEST(HtmlInChromium, ClicksKeysAndSearchWork) {
  if (const std::string why = testing::why_no_browser(); !why.empty()) GTEST_SKIP() << why;
  const json seen = use_page(export_scenario());
  EXPECT_EQ(seen["console"], json::array());
  EXPECT_EQ(seen["ready"], true);
  EXPECT_EQ(seen["title"], "hoodtrace: the whole system");
  EXPECT_EQ(seen["facts"]["lost"], "5");
  EXPECT_EQ(seen["rows_drawn"], 3);
  EXPECT_GE(seen["bars_drawn"], 3);
  EXPECT_EQ(seen["opened"], "make") << "a click on its name opens a process";
  EXPECT_EQ(seen["closed"], true) << "Escape closes it";
  EXPECT_EQ(seen["opened_by_lane"], "make") << "and so does a click on its lane";
  EXPECT_NE(seen["tip"].get<std::string>().find("make 10"), std::string::npos);
  EXPECT_EQ(seen["zooms"], true);
  EXPECT_EQ(seen["moves"], true);
  EXPECT_EQ(seen["opened_by_keys"], "process " + seen["chosen_by_keys"].get<std::string>());
  EXPECT_EQ(seen["two_themes"], true);
  EXPECT_EQ(seen["found"], "1 found");
  EXPECT_EQ(seen["found_pids"], json::array({seen["searched"]}));
  EXPECT_EQ(seen["sorted"], (json{12, 11, 10}));
  EXPECT_EQ(seen["sorted_again"], (json{10, 11, 12}));
  EXPECT_EQ(seen["foreign_elements"], 0) << "a name became markup";
}

TEST(HtmlInChromium, FiveThousandProcessesStayResponsive) {
  if (const std::string why = testing::why_no_browser(); !why.empty()) GTEST_SKIP() << why;
  const json seen = use_page(ended(many(5000)));
  EXPECT_EQ(seen["console"], json::array());
  EXPECT_EQ(seen["facts"]["processes"], "5\u2009001");
  EXPECT_LT(seen["rows_drawn"], 100) << "only those in input are drawn";
  EXPECT_EQ(seen["found"], "1 found");
}

}  // namespace
}  // namespace hoodtrace::golden
