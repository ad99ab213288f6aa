// SPDX-License-Identifier: GPL-2.0-or-later
// The schema hoodtrace.boot/1: what is absent is null; times are CLOCK_BOOTTIME in nanoseconds.

#include <sys/wait.h>

#include "base/text.hpp"
#include "view/boot/view.hpp"
#include "view/procs/text.hpp"

namespace hoodtrace {
namespace {

Json disk_json(const BootInput& input, const UnitLoad& load) {
  if (!input.disk.is_recorded()) return nullptr;
  const DiskUse use = disk_use_of(input, load);
  return {{"reads", use.reads},
          {"read_bytes", use.read_bytes},
          {"sleeps", use.sleeps},
          {"slept_ns", use.slept_ns}};
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json time_or_null(std::uint64_t ns) { return ns == 0 ? Json(nullptr) : Json(ns); }
Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(valid_utf8(text));
}

std::string_view end_word(std::uint32_t reason) {
  static constexpr std::string_view kWords[] = {"?", "reached", "time", "size", "space", "stopped"};
  return kWords[reason <= HT_BOOT_END_STOPPED ? reason : 0];
}

Json phases_json(const BootInput& input) {
  if (!input.boot.phases()) return nullptr;
  const BootPhases& phases = *input.boot.phases();
  Json words = Json::object();
  for (const auto& [key, value] : phases.words) words[valid_utf8(key)] = valid_utf8(value);
  return {{"firmware_ns", time_or_null(phases.firmware_ns)},
          {"loader_ns", time_or_null(phases.loader_ns)},
          {"kernel_ns", or_null(phases.kernel_length_ns())},
          {"initrd_ns", or_null(phases.initrd_length_ns())},
          {"userspace_ns", or_null(phases.userspace_length_ns())},
          {"initrd_began_ns", time_or_null(phases.initrd_ns)},
          {"userspace_began_ns", time_or_null(phases.userspace_ns)},
          {"finished_ns", time_or_null(phases.finish_ns)},
          {"manager", words}};
}

Json unit_json(const BootInput& input, const UnitRow& row) {
  Json object = {{"unit", valid_utf8(row.name)},
                 {"start_ns", or_null(row.start_ns)},
                 {"up_ns", or_null(row.up_ns)},
                 {"took_ns", or_null(row.took_ns())},
                 {"times_from", row.unit != nullptr ? "manager" : "processes"}};
  const BootUnit* unit = row.unit;
  object["initrd"] = unit != nullptr && unit->in_initrd;
  object["state"] = unit != nullptr ? text_or_null(unit->state) : Json(nullptr);
  object["sub"] = unit != nullptr ? text_or_null(unit->sub) : Json(nullptr);
  object["result"] = unit != nullptr ? text_or_null(unit->result) : Json(nullptr);
  object["activating_ns"] = unit != nullptr ? time_or_null(unit->activating_ns) : Json(nullptr);
  object["active_ns"] = unit != nullptr ? time_or_null(unit->active_ns) : Json(nullptr);
  object["deactivating_ns"] = unit != nullptr ? time_or_null(unit->deactivating_ns) : Json(nullptr);
  object["inactive_ns"] = unit != nullptr ? time_or_null(unit->inactive_ns) : Json(nullptr);
  Json main = nullptr;
  if (unit != nullptr && unit->main_pid != 0) {
    const bool ended = unit->main_exit_ns != 0;
    const bool exited = unit->main_code == CLD_EXITED;
    main = {{"pid", unit->main_pid},
            {"start_ns", time_or_null(unit->main_start_ns)},
            {"exit_ns", time_or_null(unit->main_exit_ns)},
            {"exit_code", ended && exited ? Json(unit->main_status) : Json(nullptr)},
            {"exit_signal", ended && !exited ? Json(unit->main_status) : Json(nullptr)}};
  }
  object["main"] = main;
  const UnitLoad* load = row.load;
  Json did = nullptr;
  if (load != nullptr)
    did = {{"processes", load->processes.size()},
           {"born", load->born},
           {"failed", load->failed},
           {"on_cpu_ns", load->on_cpu_ns},
           {"wait_ns", load->wait_ns},
           {"without_times", load->unaccounted},
           {"minor_faults", load->minor_faults},
           {"major_faults", load->major_faults},
           {"read_bytes",
            input.files.has_bytes() ? Json(bytes_of(uses_of(input, *load))) : Json(nullptr)},
           {"files", input.files.has_bytes() || input.files.has_majors() ? files_json(input, *load)
                                                                         : Json(nullptr)},
           {"disk", disk_json(input, *load)}};
  object["load"] = did;
  return object;
}

Json chain_json(const BootInput& input) {
  Json list = Json::array();
  const auto split = [&input](std::uint64_t ns) { return input.has_iowait ? Json(ns) : Json(); };
  for (const ChainStep& step : input.chain) {
    Json time = nullptr;
    if (input.has_switches)
      time = {{"cpu_ns", step.time.cpu_ns},
              {"cpu_wait_ns", step.time.wait_ns},
              {"disk_ns", split(step.time.disk_ns)},
              {"uninterruptible_ns", split(step.time.uninterruptible_ns)},
              {"d_sleep_ns", step.time.disk_ns + step.time.uninterruptible_ns},
              {"asleep_ns", step.time.sleep_ns},
              {"manager_ns", step.time.manager_ns},
              {"others_ns", step.time.other_ns},
              {"unseen_ns", step.time.unseen_ns}};
    list.push_back({{"unit", valid_utf8(step.unit)},
                    {"from_ns", step.from_ns},
                    {"activating_ns", step.activating_ns},
                    {"up_ns", step.up_ns},
                    {"time", time}});
  }
  return list;
}

Json process_json(const BootInput& input, const ProcessLife& life) {
  const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
  const Program* program = life.program();
  Json argv = nullptr;
  if (program != nullptr && program->kept_bytes > 0) {
    argv = Json::array();
    for (const std::string_view argument : arguments_of(*program))
      argv.push_back(valid_utf8(argument));
  }
  const int status = static_cast<int>(life.wait_status);
  const bool exited = life.exit_ns && WIFEXITED(status);
  const bool killed = life.exit_ns && !WIFEXITED(status);
  return {{"pid", life.pid},
          {"parent_pid", life.parent_pid},
          {"unit", valid_utf8(unit_of(life, input.lives, input.tasks))},
          {"comm", text_or_null(life.comm)},
          {"file", program != nullptr ? text_or_null(program->file) : Json(nullptr)},
          {"argv", argv},
          {"born_ns", or_null(life.born_ns)},
          {"exit_ns", or_null(life.exit_ns)},
          {"exit_code", exited ? Json(WEXITSTATUS(status)) : Json(nullptr)},
          {"exit_signal", killed ? Json(WTERMSIG(status)) : Json(nullptr)},
          {"on_cpu_ns", or_null(times.on_cpu_ns)},
          {"wait_ns", or_null(times.wait_ns)}};
}

Json waits_json(const BootInput& input) {
  Json list = Json::array();
  for (const BootWait& wait : input.waits) {
    Json behind = Json::array();
    for (const auto& [who, ns] : wait.wait.behind) {
      const Who& name = input.tasks.names()[who];
      behind.push_back({{"comm", valid_utf8(name.comm)},
                        {"pid", name.has_pid ? Json(name.pid) : Json(nullptr)},
                        {"ns", ns}});
    }
    list.push_back({{"until_ns", wait.wait.time_ns},
                    {"wait_ns", wait.wait.wait_ns},
                    {"comm", valid_utf8(wait.comm)},
                    {"pid", wait.pid},
                    {"unit", valid_utf8(wait.unit)},
                    {"behind", behind}});
  }
  return list;
}

Json marks_json(const BootInput& input) {
  static constexpr const char* kKinds[] = {"?", "kmsg", "switch_root", "local_fs"};
  Json list = Json::array();
  for (const BootMark& mark : input.boot.marks())
    list.push_back({{"time_ns", mark.time_ns},
                    {"kind", kKinds[mark.kind <= HT_BOOT_MARK_LOCAL_FS ? mark.kind : 0]},
                    {"level", mark.kind == HT_BOOT_MARK_KMSG ? Json(mark.level) : Json(nullptr)},
                    {"text", valid_utf8(mark.text)}});
  return list;
}

}  // namespace

std::vector<std::pair<std::string, Json>> boot_json(const BootInput& input) {
  Json capture = {{"began_ns", time_or_null(input.boot.started_ns())},
                  {"ended_ns", nullptr},
                  {"ended_because", nullptr},
                  {"until", nullptr},
                  {"problem", nullptr}};
  if (const std::optional<BootEnd>& end = input.boot.end()) {
    capture["ended_ns"] = end->time_ns;
    capture["ended_because"] = end_word(end->reason);
    capture["until"] = text_or_null(end->until);
    capture["problem"] = text_or_null(end->problem);
  }
  Json units = Json::array();
  for (const UnitRow& row : unit_rows(input)) units.push_back(unit_json(input, row));
  Json processes = Json::array();
  for (const auto& [id, life] : input.lives.lives()) processes.push_back(process_json(input, life));
  return {{"capture", capture},
          {"phases", phases_json(input)},
          {"critical_chain", chain_json(input)},
          {"units", units},
          {"processes", processes},
          {"long_waits", waits_json(input)},
          {"marks", marks_json(input)}};
}

}  // namespace hoodtrace
