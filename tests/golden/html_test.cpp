// SPDX-License-Identifier: GPL-2.0-or-later
// The HTML page: its data by itself, and the page as a browser shows it.

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "golden/html_scenarios.hpp"
#include "support/export_scenario.hpp"
#include "support/script_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;
using testing::TemporaryFolder;

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

// Everything that the page says of a process, in the words of the text report.
TEST(HtmlInChromium, SaysHowAProcessEndedAndWhatWasTraced) {
  if (const std::string why = testing::why_no_browser(); !why.empty()) GTEST_SKIP() << why;
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_FAILED_EXECS);
  scenario.at(2000).born(11, {.parent_pid = 1, .comm = "a\u202eb\n", .start_ns = 2000});
  scenario.at(2000);
  life.first_runs(11, 0);
  scenario.at(2500);
  life.executes(11, "/bin/sh", {"sh", "-c", "say 'hi'"});
  scenario.at(3000);
  life.executes(11, "/no/such", {}, ENOENT);
  scenario.at(4000);
  life.exits(11, SIGKILL);
  const json seen = use_page(scenario.lost(HT_SWITCH, 3, 4000).at(5000).end());
  const std::string details = seen["details"];
  for (const char* words :
       {"a\\u202eb\\n", "fails: ENOENT (No such file or directory): /no/such", "sh -c \"say 'hi'\"",
        "killed by SIGKILL", "fork → first run", "first run → exec", "exec → exit"})
    EXPECT_NE(details.find(words), std::string::npos) << words << " in " << details;
  EXPECT_EQ(details.find("signal 9"), std::string::npos) << details;
  const std::string footer = seen["footer"];
  EXPECT_TRUE(footer.starts_with("traced: the whole system; events: ")) << footer;
  EXPECT_TRUE(footer.ends_with(" seen, 3 lost: 3 switch")) << footer;
  EXPECT_EQ(seen["hooks"], "hooks: sched_switch (tp_btf)");
  for (const char* mark : {"fork", "exec", "end", "zombie"})
    EXPECT_NE(seen["legend"].get<std::string>().find(mark), std::string::npos) << seen["legend"];
}

TEST(HtmlInChromium, FiveThousandProcessesDoNotFreezeIt) {
  if (const std::string why = testing::why_no_browser(); !why.empty()) GTEST_SKIP() << why;
  const json seen = use_page(ended(many(5000)));
  EXPECT_EQ(seen["console"], json::array());
  EXPECT_EQ(seen["facts"]["processes"], "5\u2009001");
  EXPECT_LT(seen["rows_drawn"], 100) << "only those in input are drawn";
  EXPECT_EQ(seen["found"], "1 found");
}

}  // namespace
}  // namespace hoodtrace::golden
