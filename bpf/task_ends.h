/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which program records the ends of traced tasks (ht_settings.task_ends): one of those that are
 * loaded. The first two see a task's last switch, when the kernel's accounting of it is final.
 */
#ifndef HT_TASK_ENDS_H
#define HT_TASK_ENDS_H

#define HT_ENDS_SCHED 1  /* on_sched_switch */
#define HT_ENDS_LIFE 2   /* on_life_switch */
#define HT_ENDS_FAULTS 3 /* on_fault_exit */
#define HT_ENDS_EXIT 4   /* on_task_exit */
#define HT_ENDS_NONE 5   /* none is loaded */

#endif
