/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * THE ABI: every record of the one stream, made by the kernel side or by userspace.
 *
 * A record is a struct that begins with ht_header. It is 8-byte aligned and its size is a multiple of
 * 8; some records end in a tail of variable length. Rules: fixed-width integers only, largest first,
 * explicit padding, units in the names. Ids are append-only and never reused. A struct grows only at
 * its end: a reader accepts longer records, and a recording says how large its structs are
 * (docs/trace-format.md), so that old recordings replay.
 *
 * `tid` is the kernel's task pid, `pid` the process (the kernel's tgid), both of the initial pid
 * namespace. Times named time_ns are CLOCK_BOOTTIME; durations are plain nanoseconds.
 */
#ifndef HT_EVENTS_H
#define HT_EVENTS_H

#include "events/boot.h"
#include "events/cache.h"
#include "events/disk.h"
#include "events/fair.h"
#include "events/faults.h"
#include "events/header.h"
#include "events/irq.h"
#include "events/losses.h"
#include "events/procs.h"
#include "events/quota.h"
#include "events/realtime.h"
#include "events/run.h"
#include "events/sched.h"
#include "events/tasks.h"
#include "events/totals.h"
#include "events/why.h"

/*
 * The one list of records: X(id, NAME, struct). The enum, the names, the decoder, the layout test and
 * the exporters are made from it.
 */
#define HT_EVENTS(X)                          \
	X(1, SWITCH, ht_switch)               \
	X(2, WAKING, ht_waking)               \
	X(3, WAKEUP, ht_wakeup)               \
	X(4, MIGRATE, ht_migrate)             \
	X(5, BEHIND, ht_behind)               \
	X(6, TASK_SEEN, ht_task_seen)         \
	X(7, TASK_NEW, ht_task_new)           \
	X(8, TASK_NAME, ht_task_name)         \
	X(9, TASK_EXEC, ht_task_exec)         \
	X(10, TASK_END, ht_task_end)          \
	X(11, TASK_BOOKS, ht_task_books)      \
	X(12, TASK_CGROUP, ht_task_cgroup)    \
	X(13, LOST, ht_lost)                  \
	X(14, FAULT, ht_fault)                \
	X(15, FAULT_FILE, ht_fault_file)      \
	X(16, FORK, ht_fork)                  \
	X(17, FAULT_BOOKS, ht_fault_books)    \
	X(18, EXE, ht_exe)                    \
	X(19, SIGNAL, ht_signal)              \
	X(20, LIFE, ht_life)                  \
	X(21, PROGRAM, ht_program)            \
	X(22, ARGV, ht_argv)                  \
	X(23, EXIT, ht_exit)                  \
	X(24, WAIT, ht_wait)                  \
	X(25, PAGES, ht_pages)                \
	X(26, ACCESS, ht_access)              \
	X(27, RECLAIM, ht_reclaim)            \
	X(28, FILE, ht_file)                  \
	X(29, TASK_PIDS, ht_task_pids)        \
	X(30, SLEEP, ht_sleep)                \
	X(31, OBJECT, ht_object)              \
	X(32, STACK, ht_stack)                \
	X(33, READY, ht_ready)                \
	X(34, STOP, ht_stop)                  \
	X(35, DISK, ht_disk)                  \
	X(36, DISK_PART, ht_disk_part)        \
	X(37, DISK_WAIT, ht_disk_wait)        \
	X(38, DISK_SYNC, ht_disk_sync)        \
	X(39, DISK_BOOKS, ht_disk_books)      \
	X(40, STACK_MEMORY, ht_stack_memory)  \
	X(41, TOTALS_OPEN, ht_totals_open)    \
	X(42, CGROUP_GONE, ht_cgroup_gone)    \
	X(43, FAIR, ht_fair)                  \
	X(44, CYCLES, ht_cycles)              \
	X(57, MMAP_WAIT, ht_mmap_wait)        \
	X(58, QUOTA_WAIT, ht_quota_wait)      \
	X(59, QUOTA, ht_quota)                \
	X(60, IRQ, ht_irq)                    \
	X(61, STOLEN, ht_stolen)              \
	X(62, REALTIME, ht_realtime)          \
	X(63, QUEUE, ht_queue)                \
	X(64, SESSION, ht_session)            \
	X(65, CGROUP_NAME, ht_cgroup_name)    \
	X(66, TICK, ht_tick)                  \
	X(67, TROUBLE, ht_trouble)            \
	X(68, PULSE, ht_pulse)                \
	X(75, CACHE_SCOPE, ht_cache_scope)    \
	X(76, MOUNT, ht_mount)                \
	X(77, DEVICE, ht_device)              \
	X(78, CACHE_BOOKS, ht_cache_books)    \
	X(80, DISK_SCOPE, ht_disk_scope)      \
	X(81, DISK_DEVICE, ht_disk_device)    \
	X(82, DISK_BACKING, ht_disk_backing)  \
	X(85, BOOT_PHASES, ht_boot_phases)    \
	X(86, BOOT_UNIT, ht_boot_unit)        \
	X(87, BOOT_MARK, ht_boot_mark)        \
	X(88, BOOT_FORKS, ht_boot_forks)      \
	X(89, BOOT_END, ht_boot_end)          \
	X(90, CPU, ht_cpu)                    \
	X(91, INTERPRETER, ht_interpreter)    \
	X(92, SYMBOL, ht_symbol)              \
	X(93, SLEEP_STACK, ht_sleep_stack)    \
	X(94, TOTALS, ht_totals)              \
	X(95, TOTALS_END, ht_totals_end)      \
	X(96, TOTALS_PAIR, ht_totals_pair)    \
	X(98, LOAD, ht_load)                  \
	X(100, PRESSURE, ht_pressure)

#define HT_EVENT_ENUM(id, NAME, type) HT_##NAME = id,
enum ht_event_id { HT_EVENTS(HT_EVENT_ENUM) };
#undef HT_EVENT_ENUM

#endif
