// SPDX-License-Identifier: GPL-2.0-or-later
// Copy-on-write after a fork: who copies, and who takes the page over.

#include <sys/wait.h>
#include <unistd.h>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

void hear(int fd) {
  char byte = 0;
  (void)!::read(fd, &byte, 1);
}
void say(int fd) { (void)!::write(fd, "x", 1); }

// The child writes the first half; meanwhile the parent writes the last quarter; when the child has
// ended, the parent writes all.
LabJson play(const LabSettings& settings) {
  const std::size_t quarter = settings.pages / 4;
  const Region region = map_anonymous(4 * quarter);
  region.write(0, region.pages);
  int done[2];
  int leave[2];
  int counted[2];
  if (::pipe(done) != 0 || ::pipe(leave) != 0 || ::pipe(counted) != 0) give_up("pipe");
  (void)fault_counts();
  const pid_t child = start_child([&] {
    // What the child itself needs is copied before: its stack, and where these functions are.
    (void)fault_counts();
    region.write(0, 0);
    const FaultCounts before = fault_counts();
    region.write(0, 2 * quarter);
    const std::uint64_t minor = fault_counts().minor - before.minor;
    (void)!::write(counted[1], &minor, sizeof(minor));
    say(done[1]);
    hear(leave[0]);
    return 0;
  });
  hear(done[0]);
  std::uint64_t child_minor = 0;
  (void)!::read(counted[0], &child_minor, sizeof(child_minor));
  FaultCounts before = fault_counts();
  region.write(3 * quarter, quarter);
  const std::uint64_t during = fault_counts().minor - before.minor;
  say(leave[1]);
  wait_for(child);
  before = fault_counts();
  region.write(0, region.pages);
  const std::uint64_t after = fault_counts().minor - before.minor;
  return {{"region", region.json()}, {"parent", ::getpid()},       {"child", child},
          {"quarter", quarter},      {"child_minor", child_minor}, {"during_minor", during},
          {"after_minor", after}};
}

void judge(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto quarter = facts["quarter"].get<std::uint64_t>();
  const auto faults = [&](const char* kind, const char* whose) {
    return evidence.faults_in(facts["region"], kind, facts[whose]);
  };
  const auto half = static_cast<double>(2 * quarter);
  // Of the kernel's count, one or two are of the child's own stack.
  verdict.within("pages that the child copied", half, half, faults("cow_copy", "child"),
                 LabUnit::kCount, facts["child_minor"], 2);
  verdict.equal("pages that the parent copied while the child lived", quarter,
                faults("cow_copy", "parent"), facts["during_minor"]);
  verdict.equal("pages that the parent took over after the child's end", 3 * quarter,
                faults("cow_reuse", "parent"), facts["after_minor"]);
  verdict.equal("pages that the child took over", 0, faults("cow_reuse", "child"));
}

constexpr LabBar kBars[] = {
    {"child", 0, 2, '#', "copies"},
    {"child", 2, 4, '-', ""},
    {"parent, child lives", 0, 3, '-', ""},
    {"parent, child lives", 3, 4, '#', "copies"},
    {"parent, child gone", 0, 3, '=', "takes the pages over"},
    {"parent, child gone", 3, 4, '-', "its own"},
};

}  // namespace

const Experiment kCow = {
    "cow",
    "memory",
    "after a fork, who copies a page and who takes it over",
    "faults",
    "faults --by address",
    "fork() copies page tables, not pages: each private page belongs to both sides, read-only.\n"
    "\n"
    "The child's writes fault and copy (2 quarters). The parent's write to the 4th copies too: the "
    "child still has the page. After the child's end the parent is the only owner: its writes to "
    "the 1st, 2nd and 3rd quarter fault, find that, and take the page over without a copy "
    "(wp_can_reuse_anon_folio, mm/memory.c); the 4th is its own already and does not fault. So "
    "\"the first write after a fork copies\" is true only while somebody else has the page.",
    lacks_nothing,
    play,
    judge,
    {"quarters of the memory that are written", kBars}};

}  // namespace hoodtrace::lab
