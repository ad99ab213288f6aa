// SPDX-License-Identifier: GPL-2.0-or-later
// Who has to reap whom, and when it did.
//
// A zombie is reaped when its parent finds it in wait4 or waitid, or wakes from its sleep in there.
// Which of several zombies a wait takes is the kernel's order: own children before those of other
// threads, oldest first (kernel/exit.c, do_wait_thread). A child is a zombie some time after the record of
// its exit: when its parent is notified, or else it has left its CPU for good (exit_notify(), kernel/exit.c).
// Until then it is dying, and a wait takes it only when there is no zombie. A parent that looks while its child is dying
// sleeps, and is seen to run again: then that is the time. The kernel's freeing of the task is only an upper
// bound (docs/kernel-notes.md, note 23).
//
// Not every reaping shows: a parent on another CPU may look just before the child is a zombie, and
// find it before it has gone to sleep. What the parent does next (it waits or forks again) proves
// that such a wait is over and took the zombie; and a pid that is born again proves that the
// process before was reaped. Then freed_ns is the upper bound, and reaped_ns stays absent.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "event/event.hpp"
#include "model/procs/life_events.hpp"
#include "model/procs/process_table.hpp"
#include "model/procs/zombie_list.hpp"

namespace hoodtrace {

class Reaping {
 public:
  Reaping(ProcessTable& table, LifeEvents& events) : table_(table), events_(events) {}

  // A new process, or an existing one: life.reaper_pid() has to reap it.
  void add(const ProcessLife& life);
  // Another process has to reap it from now on.
  void adopt(ProcessLife& life, std::uint32_t parent_pid, const std::string& parent_comm,
             std::uint64_t now_ns);
  // The children of a process that ends get a new parent (find_new_reaper, kernel/exit.c).
  void hand_over(std::uint32_t dead_pid, std::uint32_t heir_pid, const std::string& heir_comm,
                 std::uint64_t now_ns);
  // It has begun to exit, and can be reaped soon.
  void add_zombie(const ProcessLife& life);
  // It is a zombie now, unless it was reaped already.
  void settle(ProcessLife& life);
  // By the kernel, since its parent ignores SIGCHLD.
  void reap_at_exit(ProcessLife& life, std::uint64_t now_ns);
  // The kernel frees it: it was reaped before.
  void free(ProcessLife& life, std::uint64_t now_ns);
  // It is forgotten.
  void remove(const ProcessLife& life);

  // The same, by that time.
  void prove_reaped(ProcessLife& life, std::uint64_t now_ns);
  // The thread does something else, so its wait is over.
  void end_wait(std::uint32_t tid, std::uint64_t now_ns);

  // Whether a wait of that thread took one is not known.
  void forget_wait(std::uint32_t tid) { waits_.erase(tid); }

  void on(const ht_wait& record);
  // Records were lost: which waits are going on is not known any more, nor which zombies are left.
  // They are doubtful until they are seen again.
  void doubt_all();
  // Records of settling were lost: from now on the record of an exit makes a zombie.
  void trust_exits();
  // It is in the kernel's list of tasks, as a zombie.
  void confirm_zombie(ProcessLife& life);

 private:
  using Place = ZombieList::Place;
  // A process that has children to reap. A wait must not look at the living ones, of which there
  // may be thousands: the zombies have lists of their own.
  struct Parent {
    std::map<Place, LifeId> children;
    ZombieList zombies;
    ZombieList dying;
  };
  struct Child {
    std::uint32_t parent_pid = 0;
    Place place = 0;
  };
  // A wait4 or waitid that may still be going on.
  struct Wait {
    std::uint32_t pid = 0;
    std::uint32_t selected_pid = HT_WAIT_ANY;
    bool takes = true;      // the wait reaps (no WNOWAIT)
    bool may_sleep = true;  // no WNOHANG
    LifeId taken = kNoLife;
    bool was_dying = false;  // `taken`: if the wait sleeps, it found nothing
    Place place = 0;         // of `taken`
    std::uint32_t parent_pid = 0;
    bool took_one_of_several = false;  // of a group, and it is not known which
  };

  void add_to(std::uint32_t parent_pid, LifeId child);
  ProcessLife* zombie(LifeId id);
  ProcessLife* only_zombie(const Parent& parent, Wait& wait);
  // Sets took_one_of_several when the wait takes a zombie that is not known.
  ProcessLife* find_zombie(Wait& wait, std::uint32_t waiter_tid);
  void look(Wait& wait, std::uint32_t waiter_tid, std::uint64_t now_ns);
  // The wait that took it has slept.
  void give_back(Wait& wait);
  void reap(ProcessLife& life, std::uint32_t by_tid, std::uint64_t now_ns);

  [[nodiscard]] bool is_reapable(const ProcessLife& life) const {
    return life.is_reapable || trusts_exits_;
  }

  ProcessTable& table_;
  LifeEvents& events_;
  std::unordered_map<std::uint32_t, Parent> parents_;  // by pid
  std::unordered_map<LifeId, Child> children_;
  Place last_place_ = 0;
  bool trusts_exits_ = false;
  std::unordered_map<std::uint32_t, Wait> waits_;  // by the waiter's tid
};

}  // namespace hoodtrace
