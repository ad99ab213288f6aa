// The one list of BPF programs: which family each serves, what it needs, and when it is wanted.
#pragma once

#include <array>
#include <string_view>

#include "probe/features.hpp"

namespace hoodtrace {

enum class Family { kTasks, kSched, kLife };

enum class Need {
  kAlways,    // the family does not work without it
  kWanted,    // the family works without it, and says what is missing
  kWakers,    // only when wakers are asked for, or in the fallback tier
  kFailures,  // only when failed execs are asked for
};

struct Probe {
  std::string_view program;  // its name in bpf/*.bpf.c
  std::string_view hook;     // as the kernel names it
  Family family;
  Need need;
  bool Features::*exists;
};

inline constexpr std::array kCatalog = {
    Probe{"on_sched_switch", "sched_switch", Family::kSched, Need::kAlways,
          &Features::tp_sched_switch},
    Probe{"on_sched_waking", "sched_waking", Family::kSched, Need::kWakers,
          &Features::tp_sched_waking},
    Probe{"on_sched_wakeup", "sched_wakeup", Family::kSched, Need::kWakers,
          &Features::tp_sched_wakeup},
    Probe{"on_sched_wakeup_new", "sched_wakeup_new", Family::kSched, Need::kWakers,
          &Features::tp_sched_wakeup_new},
    Probe{"on_sched_migrate_task", "sched_migrate_task", Family::kSched, Need::kWakers,
          &Features::tp_sched_migrate_task},
    Probe{"on_task_newtask", "task_newtask", Family::kTasks, Need::kAlways,
          &Features::tp_task_newtask},
    Probe{"on_task_rename", "task_rename", Family::kTasks, Need::kAlways,
          &Features::tp_task_rename},
    Probe{"on_sched_process_exec", "sched_process_exec", Family::kTasks, Need::kAlways,
          &Features::tp_sched_process_exec},
    Probe{"on_cgroup_attach_task", "cgroup_attach_task", Family::kTasks, Need::kWanted,
          &Features::tp_cgroup_attach_task},
    Probe{"on_cgroup_mkdir", "cgroup_mkdir", Family::kTasks, Need::kWanted,
          &Features::tp_cgroup_mkdir},
    // After the tasks family's programs at the same hooks, which settle who is traced.
    Probe{"on_life_switch", "sched_switch", Family::kLife, Need::kAlways,
          &Features::tp_sched_switch},
    Probe{"on_sched_process_exit", "sched_process_exit", Family::kLife, Need::kAlways,
          &Features::tp_sched_process_exit},
    Probe{"on_program", "sched_process_exec", Family::kLife, Need::kAlways,
          &Features::tp_sched_process_exec},
    Probe{"on_sched_process_wait", "sched_process_wait", Family::kLife, Need::kWanted,
          &Features::tp_sched_process_wait},
    Probe{"on_sched_process_free", "sched_process_free", Family::kLife, Need::kWanted,
          &Features::tp_sched_process_free},
    Probe{"on_failed_exec", "sys_exit", Family::kLife, Need::kFailures, &Features::tp_sys_exit},
    Probe{"scan_task_pids", "iter/task", Family::kLife, Need::kAlways, &Features::iter_task},
    Probe{"scan_tasks", "iter/task", Family::kTasks, Need::kAlways, &Features::iter_task},
    Probe{"scan_books", "iter/task", Family::kTasks, Need::kAlways, &Features::iter_task},
};

}  // namespace hoodtrace
