// SPDX-License-Identifier: GPL-2.0-or-later
// Which processes the HTML page shows: of too many, and with --failed and --slow.

#include <nlohmann/json.hpp>
#include <set>

#include "golden/html_scenarios.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;

TEST(HtmlChoice, MoreProcessesThanItShowsAreCounted) {
  const json data = json::parse(data_text(page_of(ended(many(9000)))));
  EXPECT_EQ(data["processes"].size(), 8192U);
  EXPECT_EQ(data["hidden"], 9001 - 8192);
}

TEST(HtmlChoice, OfTooManyProcessesTheFailedAndTheLongOnesAreKept) {
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

// make (10), a worker that ends well, one that fails, one that lives long, and a shell that looked for
// a program in two folders and found none.
StreamBuilder four_ends() {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_FAILED_EXECS);
  scenario.seen(10, {.comm = "make"});
  const auto lives = [&](std::uint32_t pid, const char* comm, std::uint64_t begin_ns,
                         std::uint64_t end_ns, std::uint32_t status) {
    scenario.at(begin_ns).born(pid, {.parent_pid = 10, .comm = comm, .start_ns = begin_ns});
    scenario.at(end_ns);
    life.exits(pid, status);
  };
  lives(11, "good", 2000, 3000, 0);
  lives(12, "fails", 4000, 5000, 1 << 8);
  lives(13, "long", 6000, 6000 + 90'000'000, 0);
  return scenario.at(100'000'000).end();
}

std::set<std::string> comms(const json& data) {
  std::set<std::string> names;
  for (const json& process : data["processes"]) names.insert(process["comm"]);
  return names;
}

json chosen(const std::vector<std::string>& words) {
  return json::parse(data_text(page_of(four_ends(), words)));
}

TEST(HtmlChoice, FailedAndSlowAreThoseOfProcs) {
  EXPECT_EQ(comms(chosen({})), (std::set<std::string>{"make", "good", "fails", "long"}));
  const json failed = chosen({"--failed"});
  EXPECT_EQ(comms(failed), std::set<std::string>{"fails"});
  EXPECT_EQ(failed["chosen"], "those that failed");
  EXPECT_EQ(failed["hidden"], 0) << "what was not asked for is not left out";
  EXPECT_EQ(failed["processes"][0]["parent"], -1) << "its parent is not on the page";
  EXPECT_EQ(failed["processes"][0]["ppid"], 10);
  EXPECT_EQ(comms(chosen({"--slow", "50ms"})), (std::set<std::string>{"make", "long"}));
  const json both = chosen({"--failed", "--slow", "50ms"});
  EXPECT_EQ(both["processes"], json::array());
  EXPECT_EQ(both["chosen"], "those that failed and of them those that lasted 50.0 ms or more");
}

// The same processes as in the table of procs with the same options.
TEST(HtmlChoice, TheTableOfProcsHasTheSame) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--failed"}, {"--slow", "50ms"}}) {
    std::vector<std::string> command = {"procs", "--format", "json"};
    command.insert(command.end(), words.begin(), words.end());
    const CommandRun run = run_command(command, four_ends());
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(comms(json::parse(run.output)), comms(chosen(words))) << words[0];
  }
}

TEST(HtmlChoice, OtherFormsShowNoProcesses) {
  for (const char* form : {"jsonl", "csv", "perfetto"}) {
    const CommandRun run =
        run_command({"export", "--to", form, "--failed", "-o", "/dev/null"}, four_ends());
    EXPECT_EQ(run.code, 2) << form;
    EXPECT_NE(run.error.find("--failed and --slow are for html"), std::string::npos) << run.error;
  }
}

}  // namespace
}  // namespace hoodtrace::golden
