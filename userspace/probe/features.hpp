// What this kernel has, as named facts. Filled by live/detect_features; pure data here.
#pragma once

#include <string>
#include <vector>

namespace hoodtrace {

// One line per fact: X(field, "what it is").
#define HT_FEATURES(X)                                                     \
  X(btf, "BTF type information (CO-RE)")                                   \
  X(tp_sched_switch, "tracepoint sched_switch (tp_btf)")                   \
  X(tp_sched_waking, "tracepoint sched_waking (tp_btf)")                   \
  X(tp_sched_wakeup, "tracepoint sched_wakeup (tp_btf)")                   \
  X(tp_sched_wakeup_new, "tracepoint sched_wakeup_new (tp_btf)")           \
  X(tp_sched_migrate_task, "tracepoint sched_migrate_task (tp_btf)")       \
  X(tp_task_newtask, "tracepoint task_newtask (tp_btf)")                   \
  X(tp_task_rename, "tracepoint task_rename (tp_btf)")                     \
  X(tp_sched_process_exec, "tracepoint sched_process_exec (tp_btf)")       \
  X(tp_sched_process_exit, "tracepoint sched_process_exit (tp_btf)")       \
  X(tp_sched_process_wait, "tracepoint sched_process_wait (tp_btf)")       \
  X(tp_sched_process_free, "tracepoint sched_process_free (tp_btf)")       \
  X(tp_sys_exit, "tracepoint sys_exit (tp_btf)")                           \
  X(tp_cgroup_attach_task, "tracepoint cgroup_attach_task (tp_btf)")       \
  X(iter_task, "BPF iterator over tasks")                                  \
  X(ringbuf, "BPF ring buffer")                                            \
  X(current_task, "BPF helper get_current_task_btf")                       \
  X(bpf_loop, "BPF helper loop")                                           \
  X(sched_info, "task_struct.sched_info: the kernel's own wait books")     \
  X(run_queue, "task_struct.se.cfs_rq.rq: a way to the run queue's clock") \
  X(switch_state_arg, "sched_switch passes prev_state")                    \
  X(exit_last_arg, "sched_process_exit tells the last thread")             \
  X(cgroup_v2, "cgroup v2 is mounted")

struct Features {
#define HT_FEATURE_FIELD(field, text) bool field = false;
  HT_FEATURES(HT_FEATURE_FIELD)
#undef HT_FEATURE_FIELD
  std::string kernel_release;
};

}  // namespace hoodtrace
