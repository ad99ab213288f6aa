// SPDX-License-Identifier: GPL-2.0-or-later
// The causes of a thread's time in words. Names in them are of the traced system: hostile.
#pragma once

#include <string>
#include <string_view>

#include "model/names/who_table.hpp"
#include "model/why/cause.hpp"

namespace hoodtrace {

// As in JSON: "holder"; "" for none.
std::string_view key_of(WhyRelation relation);

// "pg_dump (991)": the thread's number where it is known, else the process's. "" when the cause names
// nobody.
std::string who_words(const WhyCause& cause, const WhoTable& names);

// What the time was spent on, without who is to blame: "read /var/lib/db/x", "fsync /x: commit of the
// file system's journal", "munmap: mmap_lock"; "" when the part alone says it. `object` may be "".
std::string what_words(const WhyCause& cause, std::string_view object);
// The same of any object: "read".
std::string kind_words(const WhyCause& cause);

// "held by worker (4251)", "ended by a timer", "behind pg_dump (991)"; "" when there is nothing to say.
std::string relation_words(const WhyCause& cause, const WhoTable& names);
// The same of several: "held by 7 others".
std::string relation_words(WhyRelation relation, std::size_t many);

// In its section of the report, and alone in a line: "disk: read /x, ended by ...".
std::string cause_words(const WhyCause& cause, std::string_view object, const WhoTable& names);
// What a task was doing meanwhile: "on CPU", "disk: read /x", "waiting behind pg_dump (991)",
// "waiting for work (epoll_wait)".
std::string activity_words(const WhyCause& cause, std::string_view object, const WhoTable& names);

}  // namespace hoodtrace
