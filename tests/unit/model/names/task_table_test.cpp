// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/task_table.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

std::string fixed_comm(const Task& task) {
  const std::string_view all(task.comm.data(), task.comm.size());
  return std::string(all.substr(0, all.find(char{})));
}

TaskTable table_of(const StreamBuilder& scenario) {
  TaskTable tasks;
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    feed(tasks, *decode(scenario.records().at(i)));
  return tasks;
}

std::string comm(const TaskTable& tasks, std::uint32_t tid) {
  return fixed_comm(tasks[tasks.find(tid)]);
}

TEST(TaskTable, ATaskSeenHasItsNamesAndItsProcess) {
  StreamBuilder scenario;
  scenario.session().seen(12, {.pid = 10, .parent_pid = 3, .comm = "worker", .cgroup_id = 77});
  scenario.cgroup(77, "/system.slice/x.service");
  const TaskTable tasks = table_of(scenario);
  const Task& task = tasks[tasks.find(12)];
  EXPECT_EQ(task.tid, 12U);
  EXPECT_EQ(task.pid, 10U);
  EXPECT_EQ(task.parent_pid, 3U);
  EXPECT_EQ(comm(tasks, 12), "worker");
  EXPECT_TRUE(task.traced);
  EXPECT_EQ(tasks.cgroup_path(task.cgroup_id), "/system.slice/x.service");
  EXPECT_EQ(tasks.cgroup_path(78), "");
  EXPECT_EQ(tasks.self_pid(), 999U);
}

TEST(TaskTable, TidZeroIsNoTask) {
  TaskTable tasks;
  EXPECT_EQ(tasks.at(0), kNoTask);
  EXPECT_EQ(tasks.find(0), kNoTask);
  EXPECT_EQ(tasks.who(0), WhoTable::kIdle);
  EXPECT_EQ(tasks.who(4711), WhoTable::kUnknown);
}

TEST(TaskTable, AReusedTidIsAnotherTask) {
  StreamBuilder scenario;
  scenario.session().born(20, {.comm = "first", .start_ns = 100});
  TaskTable tasks = table_of(scenario);
  const TaskId first = tasks.find(20);
  StreamBuilder later;
  later.born(20, {.comm = "second", .start_ns = 900});
  feed(tasks, *decode(later.records().at(0)));
  EXPECT_NE(tasks.find(20), first);
  EXPECT_EQ(comm(tasks, 20), "second");
  EXPECT_FALSE(tasks[first].alive);
  EXPECT_EQ(fixed_comm(tasks[first]), "first") << "kept for the report";
}

TEST(TaskTable, TheEndOfAnEarlierOwnerDoesNotEndTheTask) {
  StreamBuilder scenario;
  scenario.session().born(20, {.comm = "old", .start_ns = 100});
  StreamBuilder old_end = scenario;
  scenario.born(20, {.comm = "new", .start_ns = 900});
  TaskTable tasks = table_of(scenario);
  old_end.ends(20);
  feed(tasks, *decode(old_end.records().at(2)));
  EXPECT_TRUE(tasks[tasks.find(20)].alive);
}

TEST(TaskTable, ABirthBeforeTheScanIsTheSameTask) {
  StreamBuilder scenario;
  scenario.session().born(20, {.comm = "child", .start_ns = 500});
  scenario.seen(20, {.comm = "child", .start_ns = 500});
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(tasks.size(), 2U);  // nobody, and it
  EXPECT_TRUE(tasks[tasks.find(20)].alive);
}

TEST(TaskTable, AScanThatFindsAnotherOwnerOfTheTidEndsTheFirst) {
  StreamBuilder scenario;
  scenario.session().born(20, {.comm = "gone", .start_ns = 500});
  scenario.seen(20, {.comm = "there", .start_ns = 800});
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(comm(tasks, 20), "there");
  EXPECT_EQ(tasks.size(), 3U);
}

TEST(TaskTable, ASwitchBeforeTheScanMakesATaskThatTheScanNames) {
  StreamBuilder scenario;
  scenario.session().switches({.from = 0, .to = 20});
  scenario.seen(20, {.pid = 19, .comm = "named", .start_ns = 5});
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[tasks.find(20)].pid, 19U);
  EXPECT_EQ(comm(tasks, 20), "named");
}

// docs/kernel-notes.md, note 22.
TEST(TaskTable, Trap22_ExecByAThreadThatIsNotTheLeaderTakesTheLeadersTid) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "thread", .start_ns = 200});
  scenario.ends(30).execs(30, 31).renamed(30, "newprog");
  TaskTable tasks = table_of(scenario);
  EXPECT_EQ(comm(tasks, 30), "newprog");
  EXPECT_EQ(tasks.find(31), kNoTask);
  EXPECT_TRUE(tasks[tasks.find(30)].alive);
  // It has the leader's start time now; its end carries that.
  const TaskId id = tasks.find(30);
  const std::size_t named = scenario.records().size();
  scenario.ends(30);
  feed(tasks, *decode(scenario.records().at(named)));
  EXPECT_FALSE(tasks[id].alive);
}

// The kernel's order: the leader ends, the tids are swapped, the new name comes under the leader's
// tid, and then the exec.
TEST(TaskTable, TheNewNameOfAnExecByAThreadIsTheThreads) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "thread", .start_ns = 200});
  scenario.ends(30).renamed(30, "newprog").execs(30, 31);
  TaskTable tasks = table_of(scenario);
  EXPECT_EQ(comm(tasks, 30), "newprog");
  EXPECT_TRUE(tasks[tasks.find(30)].alive);
  EXPECT_EQ(tasks.names()[tasks.who(30)].comm, "newprog");
  EXPECT_EQ(tasks.find(31), kNoTask);
}

// A leader that is preempted on its last way off the CPU ends later, under the thread's tid.
TEST(TaskTable, ALeaderThatEndsAfterTheExecKeepsItsName) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "thread", .start_ns = 200});
  scenario.renamed(30, "newprog").execs(30, 31);
  scenario.kernel(31).who = {.pid = 30, .comm = "leader", .start_ns = 100};
  TaskTable tasks = table_of(scenario);
  const TaskId thread = tasks.find(30);
  const TaskId leader = tasks.find(31);
  ASSERT_NE(leader, kNoTask);
  EXPECT_EQ(comm(tasks, 30), "newprog");
  EXPECT_EQ(comm(tasks, 31), "leader");
  const std::size_t before = scenario.records().size();
  scenario.ends(31);
  feed(tasks, *decode(scenario.records().at(before)));
  EXPECT_FALSE(tasks[leader].alive);
  EXPECT_TRUE(tasks[thread].alive);
}

TEST(TaskTable, ALeaderThatEndsUnderTheThreadsTidRevealsTheExec) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "thread", .start_ns = 200});
  scenario.kernel(31).who = {.pid = 30, .comm = "leader", .start_ns = 100};
  scenario.ends(31).renamed(30, "newprog");
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(comm(tasks, 30), "newprog");
  EXPECT_TRUE(tasks[tasks.find(30)].alive);
  EXPECT_EQ(tasks[tasks.find(30)].start_boottime_ns, 100U);
}

TEST(TaskTable, ASwitchUnderTheTidOfAnEndedLeaderIsTheLastThreads) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "thread", .start_ns = 200});
  scenario.ends(30).switches({.from = 30, .to = 0});
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(comm(tasks, 30), "thread");
  EXPECT_TRUE(tasks[tasks.find(30)].alive);
}

TEST(TaskTable, OfSeveralThreadsNoneGetsTheLeadersTid) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "one", .start_ns = 200});
  scenario.seen(32, {.pid = 30, .comm = "two", .start_ns = 300});
  scenario.ends(30).switches({.from = 30, .to = 0});
  const TaskTable tasks = table_of(scenario);
  EXPECT_FALSE(tasks[tasks.find(30)].alive);
  EXPECT_EQ(comm(tasks, 31), "one");
}

// Preempted between the change of its tid and the record of its exec.
TEST(TaskTable, OfSeveralThreadsTheOneThatRunsThereHasTheLeadersTid) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "one", .start_ns = 200});
  scenario.seen(32, {.pid = 30, .comm = "two", .start_ns = 300});
  scenario.on_cpu(1).switches({.from = 30, .to = 32, .state = kDead}).ends(30);
  scenario.switches({.from = 30, .to = 0});
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(comm(tasks, 30), "two");
  EXPECT_TRUE(tasks[tasks.find(30)].alive);
  EXPECT_EQ(comm(tasks, 31), "one");
}

TEST(TaskTable, ATidThatAnExecFreedCanExecuteInItsTurn) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "thread", .start_ns = 200});
  scenario.ends(30).renamed(30, "first").execs(30, 31);
  scenario.born(31, {.pid = 30, .comm = "again", .start_ns = 300});
  scenario.ends(30).renamed(30, "second").execs(30, 31);
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(comm(tasks, 30), "second");
  EXPECT_EQ(tasks.find(31), kNoTask);
}

TEST(TaskTable, AnExecByTheLeaderKeepsTheTasks) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "sh"}).execs(30, 30).renamed(30, "ls");
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(tasks.size(), 2U);
  EXPECT_EQ(comm(tasks, 30), "ls");
}

TEST(TaskTable, ACgroupMoveIsRemembered) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.cgroup_id = 5}).cgroup(6, "/b").moves_to_cgroup(30, 6);
  const TaskTable tasks = table_of(scenario);
  EXPECT_EQ(tasks.cgroup_path(tasks[tasks.find(30)].cgroup_id), "/b");
}

TEST(TaskTable, ACommThatFillsItsFieldIsNotReadBeyondIt) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "0123456789abcdef"}).renamed(30, "fedcba9876543210");
  TaskTable tasks = table_of(scenario);
  EXPECT_EQ(tasks.names()[tasks.who(30)].comm, "fedcba9876543210");
}

TEST(TaskTable, EndedTasksAreBoundedAndDroppedOldestFirst) {
  TaskTable tasks;
  StreamBuilder scenario;
  for (std::uint32_t tid = 1; tid <= 16385; tid++) scenario.born(tid, {.start_ns = tid}).ends(tid);
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    feed(tasks, *decode(scenario.records().at(i)));
  const TaskId overdue = tasks.overdue();
  ASSERT_NE(overdue, kNoTask);
  EXPECT_EQ(tasks[overdue].tid, 1U);
  tasks.forget(overdue);
  EXPECT_EQ(tasks.overdue(), kNoTask);
  EXPECT_EQ(tasks.find(1), kNoTask);
  EXPECT_FALSE(tasks[overdue].in_use);
  const std::size_t size = tasks.size();
  EXPECT_EQ(tasks.at(50000), overdue) << "its number comes back";
  EXPECT_EQ(tasks.size(), size);
  tasks.forget_ended();
  EXPECT_EQ(tasks.find(2), kNoTask);
  EXPECT_NE(tasks.find(50000), kNoTask) << "it has not ended";
}

TEST(TaskTable, ForgettingAnEarlierOwnerLeavesTheTidToTheNewOne) {
  StreamBuilder scenario;
  scenario.session().born(20, {.start_ns = 1}).ends(20).born(20, {.comm = "new", .start_ns = 2});
  TaskTable tasks = table_of(scenario);
  tasks.forget_ended();
  EXPECT_EQ(comm(tasks, 20), "new");
}

}  // namespace
}  // namespace hoodtrace
