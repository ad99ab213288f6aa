// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/fork_tracker.hpp"

#include <iterator>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

// include/uapi/linux/sched.h
constexpr std::uint64_t kCloneVm = 0x00000100;
constexpr std::uint64_t kCloneVfork = 0x00004000;
constexpr std::uint64_t kCloneThread = 0x00010000;

}  // namespace

bool Fork::is_open() const {
  if (sharers > 0) return true;
  // The child's side has ended: the parent reuses what remains, page by page.
  if (shares_memory || !parent_lives || !newest) return false;
  return !parent_anon_bytes || (parent.copied + parent.reused) * page_bytes < *parent_anon_bytes;
}

ForkTracker::SpaceId& ForkTracker::space_of(TaskId task) {
  if (by_task_.size() <= task) by_task_.resize(task + 1, kNoSpace);
  return by_task_[task];
}

ForkTracker::SpaceId ForkTracker::make_space(ForkId born_by) {
  spaces_[++last_space_].born_by = born_by;
  return last_space_;
}

// The space that a task has; its process's, or one of its own when nothing is known of it.
ForkTracker::SpaceId ForkTracker::at(TaskId task) {
  SpaceId& space = space_of(task);
  if (space != kNoSpace && spaces_.contains(space)) return space;
  const std::uint32_t pid = tasks_[task].pid;
  SpaceId& process = by_pid_[pid];
  if (pid == 0 || process == kNoSpace || !spaces_.contains(process)) process = make_space(kNoFork);
  space = process;
  spaces_[space].users++;
  return space;
}

void ForkTracker::on(const ht_session& session) {
  if (session.page_shift != 0) page_bytes_ = std::uint64_t{1} << session.page_shift % 32;
}

void ForkTracker::on(const ht_task_seen& seen) {
  const TaskId task = tasks_.find(seen.task.head.tid);
  if (task != kNoTask && (seen.task.flags & HT_TASK_TRACED) != 0) at(task);
}

void ForkTracker::on(const ht_task_new& born) {
  const TaskId child = tasks_.find(born.task.head.tid);
  const TaskId parent = tasks_.find(born.parent_tid);
  if (child == kNoTask || parent == kNoTask) return;
  space_of(child) = kNoSpace;
  if ((born.task.flags & HT_TASK_TRACED) == 0 && !tasks_[parent].traced) return;
  const SpaceId old_space = at(parent);
  const bool shares = (born.clone_flags & kCloneVm) != 0;
  if ((born.clone_flags & kCloneThread) != 0) {
    space_of(child) = old_space;
    spaces_[old_space].users++;
    return;
  }
  const ForkId id = ++last_fork_;
  Fork& fork = forks_[id];
  fork.time_ns = born.task.head.time_ns;
  fork.parent_pid = tasks_[parent].pid;
  fork.child_pid = born.task.pid;
  fork.page_bytes = page_bytes_;
  fork.comm = fixed_string(born.task.comm);
  fork.shares_memory = shares;
  fork.is_vfork = (born.clone_flags & kCloneVfork) != 0;
  by_child_[fork.child_pid] = id;
  SpaceId new_space = old_space;
  if (!shares) {
    Space& from = spaces_[old_space];
    if (const auto outer = forks_.find(from.born_by); outer != forks_.end()) {
      fork.outer = from.born_by;
      outer->second.inner++;
    }
    if (!from.forks.empty())
      if (const auto before = forks_.find(from.forks.back()); before != forks_.end())
        before->second.newest = false;
    // Forks whose other side has ended are charged no copies any more; reuses are charged to the
    // newest.
    std::erase_if(from.forks, [this](ForkId old) {
      const auto found = forks_.find(old);
      return found == forks_.end() || found->second.sharers == 0;
    });
    from.forks.push_back(id);
    new_space = make_space(id);
    share(id, true);
  }
  space_of(child) = new_space;
  by_pid_[fork.child_pid] = new_space;
  spaces_[new_space].users++;
  if (forks_.size() > kMaxForks) {
    forget(forks_.begin());
    forgotten_++;
  }
}

// A space on the child's side of the fork, and of those around it, begins or ends to have the
// pages.
void ForkTracker::share(ForkId id, bool begins) {
  while (id != kNoFork) {
    const auto fork = forks_.find(id);
    if (fork == forks_.end()) return;
    if (begins)
      fork->second.sharers++;
    else if (fork->second.sharers > 0)
      fork->second.sharers--;
    id = fork->second.outer;
  }
}

void ForkTracker::leave(TaskId task) {
  const SpaceId id = space_of(task);
  const auto space = spaces_.find(id);
  if (id == kNoSpace || space == spaces_.end() || space->second.users == 0) return;
  if (--space->second.users > 0) return;
  share(space->second.born_by, false);
  for (const ForkId fork : space->second.forks)
    if (const auto found = forks_.find(fork); found != forks_.end())
      found->second.parent_lives = false;
  spaces_.erase(space);
}

void ForkTracker::on(const ht_task_exec& exec) {
  const TaskId task = tasks_.find(exec.head.tid);
  if (task == kNoTask || space_of(task) == kNoSpace) return;
  leave(task);
  const SpaceId fresh = make_space(kNoFork);
  spaces_[fresh].users = 1;
  space_of(task) = fresh;
  by_pid_[exec.pid] = fresh;
}

void ForkTracker::on(const ht_task_end& end) {
  const TaskId task = tasks_.find(end.task.head.tid);
  if (task != kNoTask) leave(task);
}

void ForkTracker::on(const ht_fork& record) {
  const auto known = by_child_.find(record.child_pid);
  if (known == by_child_.end()) return;
  const auto fork = forks_.find(known->second);
  if (fork == forks_.end() || fork->second.parent_pid != record.pid) return;
  if (record.fork_ns != HT_UNKNOWN_NS) fork->second.fork_ns = record.fork_ns;
  fork->second.parent_anon_bytes = record.anon_bytes;
  measured_ = record.flags;
  if ((record.flags & HT_FORK_OWN) == 0) return;
  fork->second.parent_hugetlb_bytes = record.hugetlb_bytes;
  fork->second.at_fork = CopiedByFork{record.copied_pages, record.copied_bytes};
}

Fork* ForkTracker::payer(const Space& space, bool copied, ForkSide*& side) {
  const auto look = [this](ForkId id) -> Fork* {
    const auto found = forks_.find(id);
    return found == forks_.end() ? nullptr : &found->second;
  };
  Fork* newest = nullptr;
  for (auto id = space.forks.rbegin(); id != space.forks.rend(); ++id) {
    Fork* fork = look(*id);
    if (fork == nullptr) break;  // forgotten, and those before it too
    side = &fork->parent;
    if (!copied || fork->sharers > 0) return fork;
    if (newest == nullptr) newest = fork;
  }
  if (Fork* fork = look(space.born_by)) {
    side = &fork->child;
    return fork;
  }
  if (newest != nullptr) side = &newest->parent;
  return newest;
}

void ForkTracker::on(const ht_fault& fault) {
  const CowOutcome outcome = cow_outcome_of(fault);
  if (outcome == CowOutcome::kNone) return;
  const TaskId task = tasks_.find(fault.head.tid);
  if (task == kNoTask) return;
  const bool copied = outcome == CowOutcome::kCopied;
  const bool is_remote = (fault.facts & HT_FAULT_REMOTE) != 0;
  const bool of_ksm = copied && !is_remote && (fault.facts & HT_FAULT_KSM) != 0;
  ForkSide* side = &unexplained_;
  if (of_ksm) side = &of_ksm_;
  if (is_remote) side = &remote_;
  Fork* fork = nullptr;
  // A thread that has ended (clear_child_tid is written after that) has its process's still.
  const auto space = spaces_.find(tasks_[task].alive ? at(task) : space_of(task));
  if (space != spaces_.end() && !of_ksm && !is_remote) fork = payer(space->second, copied, side);
  (copied ? side->copied : side->reused)++;
  if (copied) side->copied_bytes += fault.bytes;
  if (copied && (fault.facts & HT_FAULT_GUP) != 0) side->by_kernel++;
  if ((fault.facts & HT_FAULT_SPLIT) != 0) side->huge_splits++;
  // How much of it another thread took (userfaultfd) is not known, and not for the fork.
  const bool is_its_time = (fault.facts & HT_FAULT_UFFD) == 0;
  if (fault.took_ns != HT_UNKNOWN_NS && is_its_time) side->time_ns += fault.took_ns;
  if (fork == nullptr) return;
  ForkMapping& mapping = fork->mappings[{fault.place, FileKey(fault)}];
  (copied ? mapping.copied : mapping.reused)++;
  if (copied) mapping.copied_bytes += fault.bytes;
}

void ForkTracker::forget(std::map<ForkId, Fork>::iterator fork) {
  const auto child = by_child_.find(fork->second.child_pid);
  if (child != by_child_.end() && child->second == fork->first) by_child_.erase(child);
  if (const auto outer = forks_.find(fork->second.outer); outer != forks_.end())
    outer->second.inner--;
  forks_.erase(fork);
}

void ForkTracker::fold(TaskId task) { space_of(task) = kNoSpace; }

void ForkTracker::begin_interval() {
  // From the inside outwards: share() finds its way through all that stay.
  for (auto fork = forks_.end(); fork != forks_.begin();) {
    --fork;
    if (fork->second.is_open() || fork->second.inner > 0) continue;
    const auto over = fork++;
    forget(over);
  }
  forgotten_ = 0;
}

}  // namespace hoodtrace
