// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/argv_joiner.hpp"

#include <gtest/gtest.h>

#include "support/life_records.hpp"

namespace hoodtrace {
namespace {

struct Joined {
  std::vector<JoinedExec> execs;  // as they became complete
  std::vector<JoinedExec> rest;   // at the end
};

// Leaves out the record at `without`, as if it had been lost.
Joined join(const StreamBuilder& scenario, std::size_t without = SIZE_MAX) {
  ArgvJoiner joiner;
  Joined joined;
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    if (i == without) continue;
    const std::optional<Event> event = decode(scenario.records().at(i));
    if (const auto* program = event->as<ht_program>()) joiner.on(*program);
    if (const auto* argv = event->as<ht_argv>()) joiner.on(*argv);
    for (JoinedExec& exec : joiner.take()) joined.execs.push_back(std::move(exec));
  }
  joined.rest = joiner.take_all();
  return joined;
}

TEST(ArgvJoiner, JoinsTheArgumentsOfOneExec) {
  StreamBuilder scenario;
  LifeRecords(scenario).executes(10, "/bin/ls", {"ls", "-l", ""});
  const Joined joined = join(scenario);
  ASSERT_EQ(joined.execs.size(), 1U);
  EXPECT_EQ(joined.execs[0].pid, 10U);
  EXPECT_EQ(joined.execs[0].program.file, "/bin/ls");
  EXPECT_EQ(arguments_of(joined.execs[0].program), (std::vector<std::string_view>{"ls", "-l", ""}));
  EXPECT_FALSE(joined.execs[0].program.cut);
}

TEST(ArgvJoiner, AnArgvOfManyPiecesIsOne) {
  StreamBuilder scenario;
  const std::string longest(9000, 'x');
  LifeRecords(scenario).executes(10, "/bin/echo", {"echo", longest});
  ASSERT_EQ(scenario.records().size(), 4U) << "a program and three pieces";
  const Joined joined = join(scenario);
  ASSERT_EQ(joined.execs.size(), 1U);
  EXPECT_EQ(arguments_of(joined.execs[0].program)[1], longest);
}

TEST(ArgvJoiner, ExecsOnTwoCpusDoNotMix) {
  StreamBuilder scenario;
  StreamBuilder other;
  LifeRecords(scenario).executes(10, "/bin/a", {"a", "1"});
  LifeRecords(other).executes(11, "/bin/b", {"b", "2"});
  StreamBuilder both;
  for (const std::size_t i : {0U, 1U}) {
    both.raw(scenario.records().at(i).head, scenario.records().at(i).bytes);
    both.raw(other.records().at(i).head, other.records().at(i).bytes);
  }
  const Joined joined = join(both);
  ASSERT_EQ(joined.execs.size(), 2U);
  EXPECT_EQ(arguments_of(joined.execs[0].program)[1], "1");
  EXPECT_EQ(arguments_of(joined.execs[1].program)[1], "2");
}

TEST(ArgvJoiner, ALostPieceIsReported) {
  StreamBuilder scenario;
  LifeRecords(scenario).executes(10, "/bin/echo", {std::string(9000, 'x')});
  for (const std::size_t lost : {1U, 2U}) {
    const Joined joined = join(scenario, lost);
    ASSERT_EQ(joined.execs.size(), 1U) << lost;
    EXPECT_TRUE(joined.execs[0].program.cut);
    EXPECT_EQ(joined.execs[0].program.argv.size(), lost == 1 ? 0U : 4096U);
  }
  const Joined joined = join(scenario, 3);
  EXPECT_TRUE(joined.execs.empty());
  ASSERT_EQ(joined.rest.size(), 1U);
  EXPECT_TRUE(joined.rest[0].program.cut);
  EXPECT_EQ(joined.rest[0].program.argv.size(), 8192U);
}

TEST(ArgvJoiner, WithoutArgvTheExecIsCompleteAtOnce) {
  StreamBuilder scenario;
  LifeRecords(scenario).executes(10, "/bin/ls", {});
  EXPECT_EQ(join(scenario).execs.size(), 1U);
}

TEST(ArgvJoiner, KeepsABoundedNumberOfThoseThatAreNeverCompleted) {
  StreamBuilder scenario;
  for (std::uint32_t pid = 100; pid < 300; pid++)
    LifeRecords(scenario).executes(pid, "/bin/x", {"x"});
  ArgvJoiner joiner;
  std::size_t given_up = 0;
  for (std::size_t i = 0; i < scenario.records().size(); i += 2) {  // the programs alone
    const std::optional<Event> event = decode(scenario.records().at(i));
    joiner.on(*event->as<ht_program>());
    given_up += joiner.take().size();
  }
  EXPECT_EQ(given_up, 136U);
  EXPECT_EQ(joiner.take_all().size(), 64U);
}

}  // namespace
}  // namespace hoodtrace
