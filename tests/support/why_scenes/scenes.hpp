// SPDX-License-Identifier: GPL-2.0-or-later
// The scenes: each sleeps in one known way and measures it. Listed in main.cpp.
#pragma once

#include "support/why_scenes/notes.hpp"

namespace why_scenes {

// sleeps.cpp
void play_naps(const Script& script, Notes& notes);
void play_compat(const Script& script, Notes& notes);
void play_big_exit(const Script& script, Notes& notes);
// futexes.cpp
void play_mutex(const Script& script, Notes& notes);
void play_pi_mutex(const Script& script, Notes& notes);
void play_robust_mutex(const Script& script, Notes& notes);
void play_join(const Script& script, Notes& notes);
void play_condition(const Script& script, Notes& notes);
void play_futexes(const Script& script, Notes& notes);
// locks.cpp
void play_chain(const Script& script, Notes& notes);
void play_rwlock(const Script& script, Notes& notes);
// ready.cpp
void play_epoll(const Script& script, Notes& notes);
void play_poll(const Script& script, Notes& notes);
// pipes.cpp
void play_pipes(const Script& script, Notes& notes);
void play_splice(const Script& script, Notes& notes);
void play_uring(const Script& script, Notes& notes);
// sockets.cpp
void play_tcp(const Script& script, Notes& notes);
void play_connect(const Script& script, Notes& notes);
void play_unix(const Script& script, Notes& notes);
// files.cpp
void play_cold(const Script& script, Notes& notes);
void play_file_lock(const Script& script, Notes& notes);
// kernel_locks.cpp
void play_position(const Script& script, Notes& notes);
void play_inode(const Script& script, Notes& notes);
void play_mmap_lock(const Script& script, Notes& notes);
// children.cpp
void play_children(const Script& script, Notes& notes);
// stops.cpp
void play_stops(const Script& script, Notes& notes);
// quota.cpp
void play_quota(const Script& script, Notes& notes);

}  // namespace why_scenes
