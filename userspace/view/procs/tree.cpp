// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of processes, phases as columns.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "view/procs/text.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kCommandBytes = 400;

Cell between(const std::optional<std::uint64_t>& from_ns,
             const std::optional<std::uint64_t>& to_ns) {
  if (!from_ns || !to_ns || *to_ns < *from_ns) return {};
  return *to_ns - *from_ns;
}

Cell cell(const std::optional<std::uint64_t>& value) {
  if (!value) return {};
  return *value;
}

std::string label(const Program& program) {
  const std::string command = command_cell(program, kCommandBytes);
  return command.empty() ? program.file : command;
}

// Of several programs the first: each of the others has a row of its own.
std::string label(const ProcessLife& life) {
  for (const Program& program : life.programs)
    if (program.error == 0) return label(program);
  return "(" + life.comm + ")";
}

std::string outcome(const ProcessLife& life) {
  if (life.exit_ns) return outcome_text(life) + (life.is_zombie() ? ", zombie" : "");
  if (life.is_doubtful) return "not known";
  return life.is_zombie() ? "zombie" : "running";
}

class Tree {
 public:
  explicit Tree(const ProcsInput& input) : input_(input) {
    for (const auto& [id, life] : input.tracker.lives()) {
      // Of those that only were there, no word, unless something came of them.
      if (life.is_idle() || !is_shown(input, life)) continue;
      for (LifeId at = id; at != kNoLife && shown_.insert(at).second;) {
        const ProcessLife* ancestor = input.tracker.find(at);
        at = ancestor == nullptr ? kNoLife : ancestor->parent;
      }
    }
    for (const LifeId id : shown_) {
      const ProcessLife* life = input.tracker.find(id);
      if (life == nullptr) continue;
      const bool has_parent = shown_.contains(life->parent);
      children_[has_parent ? life->parent : kNoLife].push_back(life);
      if (life->ns_pid != 0) table_.columns[1].rank = 1;
    }
  }

  Table take() {
    // Not by recursion: a chain of forks may be as deep as it likes.
    struct Step {
      const ProcessLife* life;
      std::string prefix;
      bool is_last;
      bool is_root;
    };
    std::vector<Step> todo;
    const auto push = [&](LifeId parent, const std::string& prefix) {
      const auto found = children_.find(parent);
      if (found == children_.end()) return;
      for (auto at = found->second.rbegin(); at != found->second.rend(); ++at)
        todo.push_back({*at, prefix, at == found->second.rbegin(), parent == kNoLife});
    };
    push(kNoLife, "");
    while (!todo.empty()) {
      const Step step = std::move(todo.back());
      todo.pop_back();
      const std::string branch = step.is_root ? "" : step.is_last ? "└─ " : "├─ ";
      const std::string below = step.is_root ? "" : step.prefix + (step.is_last ? "   " : "│  ");
      add_row(*step.life, step.prefix + branch);
      add_programs(*step.life, below + "   ");
      if (input_.options.threads) add_threads(*step.life, below + "   ");
      push(step.life->id, below);
    }
    return std::move(table_);
  }

 private:
  void add_row(const ProcessLife& life, const std::string& branch) {
    const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
    const std::optional<std::uint64_t> exec_ns = life.exec_ns();
    Cell ns_pid;
    if (life.ns_pid != 0) ns_pid = static_cast<std::uint64_t>(life.ns_pid);
    table_.rows.push_back(
        {static_cast<std::uint64_t>(life.pid), ns_pid, between(input_.started_ns, life.born_ns),
         between(life.born_ns, life.first_run_ns), between(life.first_run_ns, exec_ns),
         between(exec_ns, life.exit_ns), cell(life.zombie_ns()), cell(times.on_cpu_ns),
         cell(times.wait_ns), static_cast<std::uint64_t>(life.threads), outcome(life),
         branch + label(life)});
  }

  // What it executed after its first program: since its first run, and until its exit.
  void add_programs(const ProcessLife& life, const std::string& branch) {
    bool is_first = true;
    for (const Program& program : life.programs) {
      if (program.error != 0 || std::exchange(is_first, false)) continue;
      table_.rows.push_back({{},
                             {},
                             {},
                             {},
                             between(life.first_run_ns, program.time_ns),
                             between(program.time_ns, life.exit_ns),
                             {},
                             {},
                             {},
                             {},
                             std::string("exec"),
                             branch + "→ " + label(program)});
    }
  }

  void add_threads(const ProcessLife& life, const std::string& branch) {
    for (const ThreadLife& thread : life.thread_lives)
      table_.rows.push_back({static_cast<std::uint64_t>(thread.tid),
                             {},
                             between(input_.started_ns, thread.born_ns),
                             between(thread.born_ns, thread.first_run_ns),
                             {},
                             between(thread.first_run_ns, thread.exit_ns),
                             {},
                             cell(thread.on_cpu_ns),
                             cell(thread.wait_ns),
                             {},
                             std::string(thread.became_first ? "became first"
                                         : thread.exit_ns    ? "ended"
                                                             : "running"),
                             branch + "{" + thread.comm + "}"});
  }

  const ProcsInput& input_;
  std::set<LifeId> shown_;
  std::map<LifeId, std::vector<const ProcessLife*>> children_;
  Table table_{"",
               {{"pid", "PID", Unit::kCount, 1},
                {"ns_pid", "NSPID", Unit::kCount, 0},
                {"born", "BORN AT", Unit::kNs, 8},
                {"fork_to_run", "FORK-RUN", Unit::kNs, 5},
                {"run_to_exec", "RUN-EXEC", Unit::kNs, 4},
                {"exec_to_exit", "EXEC-EXIT", Unit::kNs, 1},
                {"zombie_ns", "ZOMBIE", Unit::kNs, 6},
                {"on_cpu_ns", "ON-CPU", Unit::kNs, 2},
                {"wait_ns", "WAIT", Unit::kNs, 3},
                {"threads", "THREADS", Unit::kCount, 9},
                {"outcome", "OUTCOME", Unit::kText, 1},
                {"command", "COMMAND", Unit::kText, 1}},
               {},
               0};
};

}  // namespace

Table procs_tree(const ProcsInput& input) { return Tree(input).take(); }

}  // namespace hoodtrace
