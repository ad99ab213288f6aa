// SPDX-License-Identifier: GPL-2.0-or-later
// The schema hoodtrace.procs/2: what is absent is null.

#include <sys/wait.h>

#include <string>

#include "base/text.hpp"
#include "view/cell_json.hpp"
#include "view/procs/text.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(valid_utf8(text));
}

template <class T>
Json number_or_null(T value) {
  return value == 0 ? Json(nullptr) : Json(value);
}

Json program_json(const Program& program) {
  Json argv = nullptr;
  if (program.kept_bytes > 0 && !(program.unreadable && program.argv.empty())) {
    argv = Json::array();
    for (const std::string_view argument : arguments_of(program))
      argv.push_back(valid_utf8(argument));
  }
  return {{"time_ns", or_null(program.time_ns)},
          {"file", text_or_null(program.file)},
          {"argv", argv},
          {"failed_errno", number_or_null(program.error)},
          {"interpreter", text_or_null(program.interpreter)},
          {"own_name", text_or_null(program.own_name)},
          {"argv_bytes",
           program.argv_bytes == HT_UNKNOWN_BYTES ? Json(nullptr) : Json(program.argv_bytes)},
          {"argv_cut", program.cut},
          {"exe", text_or_null(program.exe)},
          {"uid", or_null(program.uid)},
          {"cwd", text_or_null(program.cwd)},
          {"missing_interpreter", text_or_null(program.missing_interpreter)}};
}

Json killer_json(const ProcessLife& life) {
  const SentSignal* killer = life.killer();
  if (killer == nullptr) return nullptr;
  return {{"pid", number_or_null(killer->sender_pid)},
          {"comm", text_or_null(killer->sender_comm)},
          {"si_code", killer->code}};
}

Json life_json(const ProcsInput& input, const ProcessLife& life) {
  const std::string_view cgroup = input.tasks.cgroup_path(life.cgroup_id);
  const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
  Json execs = Json::array();
  for (const Program& program : life.programs) execs.push_back(program_json(program));
  Json code = nullptr;
  Json signal = nullptr;
  Json dumped = nullptr;
  if (life.exit_ns) {
    const int status = static_cast<int>(life.wait_status);
    if (WIFEXITED(status)) {
      code = WEXITSTATUS(status);
    } else {
      signal = WTERMSIG(status);
      dumped = static_cast<bool>(WCOREDUMP(status));
    }
  }
  Json adoptions = Json::array();
  for (const Adoption& adoption : life.adoptions)
    adoptions.push_back({{"time_ns", adoption.time_ns}, {"parent_pid", adoption.parent_pid}});
  Json object = {{"pid", life.pid},
                 {"start_ns", number_or_null(life.start_boottime_ns)},
                 {"parent_pid", number_or_null(life.parent_pid)},
                 {"comm", text_or_null(life.comm)},
                 {"cgroup", text_or_null(cgroup)},
                 {"unit", text_or_null(unit_of_cgroup(cgroup))},
                 {"birth", life.clone_flags ? Json(birth_text(life)) : Json(nullptr)},
                 {"fork_ns", or_null(life.born_ns)},
                 {"first_run_ns", or_null(life.first_run_ns)},
                 {"execs", execs},
                 {"exit_ns", or_null(life.exit_ns)},
                 {"exit_code", code},
                 {"exit_signal", signal},
                 {"core_dumped", dumped},
                 {"killed_by", killer_json(life)},
                 {"reaped_ns", or_null(life.reaped_ns)},
                 {"zombie_ns", or_null(life.zombie_ns())},
                 {"threads", life.threads},
                 {"on_cpu_ns", or_null(times.on_cpu_ns)},
                 {"exit_work_ns", or_null(times.exit_work_ns)},
                 {"wait_ns", or_null(times.wait_ns)},
                 {"ns_pid", number_or_null(life.ns_pid)},
                 {"first_wait_ns", or_null(life.first_wait_ns)},
                 {"min_flt", or_null(times.min_flt)},
                 {"maj_flt", or_null(times.maj_flt)},
                 {"autoreaped", life.exit_ns ? Json(life.autoreaped) : Json(nullptr)},
                 {"reaper_pid", life.has_exited() ? number_or_null(life.reaper_pid()) : nullptr},
                 {"reaped_by_tid", number_or_null(life.reaped_by_tid)},
                 {"freed_ns", or_null(life.freed_ns)},
                 {"adopted", adoptions},
                 {"doubtful", life.is_doubtful},
                 {"phases", phases_json(input, life)}};
  if (input.causes != nullptr) object["parts"] = parts_json(input, life);
  if (input.options.threads) {
    Json threads = Json::array();
    for (const ThreadLife& thread : life.thread_lives)
      threads.push_back({{"tid", thread.tid},
                         {"comm", text_or_null(thread.comm)},
                         {"fork_ns", or_null(thread.born_ns)},
                         {"first_run_ns", or_null(thread.first_run_ns)},
                         {"exit_ns", or_null(thread.exit_ns)},
                         {"on_cpu_ns", or_null(thread.on_cpu_ns)},
                         {"wait_ns", or_null(thread.wait_ns)}});
    object["thread_lives"] = threads;
  }
  return object;
}

}  // namespace

void append_processes(const ProcsInput& input, std::string& out) {
  bool first = true;
  for (const auto& [id, life] : input.tracker.lives()) {
    if (!is_shown(input, life)) continue;
    if (!first) out += ',';
    first = false;
    append_json(out, life_json(input, life));
  }
}

}  // namespace hoodtrace
