// SPDX-License-Identifier: GPL-2.0-or-later
// The acts of the life scenario: each is a few children with one thing worth seeing about them.
#pragma once

#include <string>

#include "support/workload/family.hpp"

namespace workload {

// Where acts may make files; and the path of this program, to be executed again as "quit".
struct LifePlace {
  std::string folder;
  std::string self;
};

// life_execs.cpp
void act_argv(Family& family, const LifePlace& place);
void act_many_arguments(Family& family, const LifePlace& place);
void act_large_argument(Family& family, const LifePlace& place);
void act_execveat(Family& family, const LifePlace& place);
void act_fexecve(Family& family, const LifePlace& place);
void act_script(Family& family, const LifePlace& place);
void act_failed(Family& family, const LifePlace& place);
void act_thread_exec(Family& family, const LifePlace& place);
void act_vfork(Family& family, const LifePlace& place);
void act_spawn(Family& family, const LifePlace& place);
void act_hostile(Family& family, const LifePlace& place);

// life_ends.cpp
void act_exits(Family& family, const LifePlace& place);
void act_core(Family& family, const LifePlace& place);
void act_zombie(Family& family, const LifePlace& place);
void act_awaited(Family& family, const LifePlace& place);
void act_autoreap(Family& family, const LifePlace& place);
void act_orphan(Family& family, const LifePlace& place);
void act_subreaper(Family& family, const LifePlace& place);
void act_threads(Family& family, const LifePlace& place);
void act_last_threads(Family& family, const LifePlace& place);
void act_namespaces(Family& family, const LifePlace& place);
void act_cgroup(Family& family, const LifePlace& place);

// life_traces.cpp
void act_link(Family& family, const LifePlace& place);
void act_relative(Family& family, const LifePlace& place);
void act_memfd(Family& family, const LifePlace& place);
void act_no_interpreter(Family& family, const LifePlace& place);
void act_killed_by(Family& family, const LifePlace& place);
void act_same_pid(Family& family, const LifePlace& place);

}  // namespace workload
