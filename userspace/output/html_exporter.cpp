// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/html_exporter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "base/units.hpp"
#include "event/feed.hpp"
#include "event/session_words.hpp"
#include "html_page.hpp"
#include "output/exit_status.hpp"
#include "output/strip_text.hpp"
#include "view/loss_text.hpp"
#include "view/procs/text.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

// The tasks waited behind longest; the rest as one sum.
constexpr std::size_t kNamedCulprits = 8;
constexpr std::size_t kArgvBytes = 2000;
constexpr std::size_t kCommandColumns = 2000;

Json exec_json(const Program& program, const Json& time) {
  Json argv = nullptr;
  bool cut = program.cut;
  if (program.kept_bytes > 0) {
    argv = Json::array();
    std::size_t bytes = 0;
    for (const std::string_view argument : arguments_of(program)) {
      bytes += argument.size() + 1;
      cut = cut || bytes > kArgvBytes;
      if (bytes > kArgvBytes) break;
      argv.push_back(valid_utf8(argument));
    }
  }
  return {{"time", time},
          {"file", valid_utf8(program.file)},
          {"argv", argv},
          {"cut", cut},
          {"command", command_text(program, kCommandColumns)},
          {"errno", program.error},
          {"error", program.error == 0 ? Json(nullptr) : Json(errno_text(program.error))}};
}

// Which processes were asked for; empty: all.
std::string chosen_text(const ProcsOptions& procs) {
  std::string text = procs.failed_only ? "those that failed" : "";
  if (procs.slow_ns != 0)
    text += fmt::format("{}those that lasted {} or more", text.empty() ? "" : " and of them ",
                        format_duration(procs.slow_ns));
  return text;
}

// In JSON a '<' can only stand inside a string.
void append_without_markup(std::string& out, const std::string& json) {
  for (const char c : json) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
}

}  // namespace

HtmlExporter::HtmlExporter(TaskTable& tasks, const ProcsOptions& procs)
    : tasks_(tasks),
      procs_(procs),
      sched_(tasks, {1, true}),
      lives_(tasks, {false, false}),
      times_(tasks),
      causes_(tasks) {}

void HtmlExporter::on_event(const Event& event, std::string&) {
  now_ns_ = std::max<std::uint64_t>(now_ns_, event.head().time_ns);
  feed(sched_, event);
  for (const LongWait& wait : sched_.take_long_waits()) times_.on_wait(wait);
  feed(lives_, event);
  feed(times_, event);
  if (const auto* session = event.as<ht_session>()) {
    has_causes_ = read_session(*session).families.find("why") != std::string::npos;
    started_ns_ = now_ns_ = session->head.time_ns;
    head_ = {{"schema", "hoodtrace.html/2"}, {"target", ""}, {"how", ""}, {"command", ""}};
    for (const auto& [key, value] : session_words(*session))
      head_[std::string(valid_utf8(key))] = valid_utf8(value);
    head_["iowait"] = (session->flags & HT_SESSION_IOWAIT) != 0;
    head_["wall_ms"] = session->wall_ns / 1'000'000;
  }
  if (has_causes_) causes_.on_event(event);
}

void HtmlExporter::fold(TaskId task) {
  sched_.fold(task);
  lives_.fold(task);
  times_.fold(task);
  causes_.fold(task);
}

Json HtmlExporter::since_start(std::uint64_t time_ns) const {
  return static_cast<std::int64_t>(time_ns - started_ns_);
}

Json HtmlExporter::since_start(const std::optional<std::uint64_t>& time_ns) const {
  return time_ns ? since_start(*time_ns) : Json(nullptr);
}

// [name, from, to], of those that have begun; `to` is null while the phase goes on.
Json HtmlExporter::phases_json(const ProcessLife& life) const {
  Json list = Json::array();
  const auto add = [&](const char* name, const std::optional<std::uint64_t>& from,
                       const std::optional<std::uint64_t>& to) {
    if (from) list.push_back({name, since_start(from), since_start(to)});
  };
  const std::optional<std::uint64_t> exec_ns = life.exec_ns();
  const auto first_of = [&](const std::optional<std::uint64_t>& time_ns) {
    return time_ns && (!life.exit_ns || *time_ns < *life.exit_ns) ? time_ns : life.exit_ns;
  };
  if (life.born_ns) {
    add("fork → first run", life.born_ns, first_of(life.first_run_ns));
    if (exec_ns) add("first run → exec", life.first_run_ns, first_of(exec_ns));
    add(exec_ns ? "exec → exit" : "first run → exit", exec_ns ? exec_ns : life.first_run_ns,
        life.exit_ns);
  } else if (life.exit_ns) {
    list.push_back({"traced → exit", 0, since_start(life.exit_ns)});
  }
  if (!life.autoreaped) add("exit → reaped", life.exit_ns, life.reaped_ns);
  return list;
}

Json HtmlExporter::process_json(const ProcessLife& life, const ProcessTime* time,
                                const std::unordered_map<LifeId, std::size_t>& places) const {
  const auto parent = places.find(life.parent);
  Json execs = Json::array();
  for (std::size_t i = 0; i < life.programs.size(); i++)
    if (life.programs[i].error == 0 || !life.is_search_step(i))
      execs.push_back(exec_json(life.programs[i], since_start(life.programs[i].time_ns)));
  Json code = nullptr;
  Json signal = nullptr;
  const ExitStatus status = read_wait_status(life.wait_status);
  if (life.exit_ns)
    (status.signal == 0 ? code : signal) = status.signal == 0 ? status.code : status.signal;
  Json object = {{"pid", life.pid},
                 {"ppid", life.parent_pid},
                 {"parent", parent == places.end() ? Json(-1) : Json(parent->second)},
                 {"comm", valid_utf8(life.comm)},
                 {"born", since_start(life.born_ns)},
                 {"first", since_start(life.first_run_ns)},
                 {"execs", execs},
                 {"exit", since_start(life.exit_ns)},
                 {"code", code},
                 {"signal", signal},
                 {"core", life.exit_ns && status.dumped},
                 {"outcome", life.exit_ns ? Json(outcome_text(life)) : Json(nullptr)},
                 {"phases", phases_json(life)},
                 {"reaped", since_start(life.reaped_ns)},
                 {"autoreaped", life.autoreaped},
                 {"threads", life.threads},
                 {"cgroup", valid_utf8(tasks_.cgroup_path(life.cgroup_id))}};
  Json sums = Json::array();
  Json behind = Json::array();
  for (std::size_t i = 0; i < kTaskTimes; i++) sums.push_back(time == nullptr ? 0 : time->ns[i]);
  if (time != nullptr) {
    std::uint64_t rest_ns = 0;
    for (const auto& [who, ns] : time->behind.sorted()) {
      const Who& name = tasks_.names()[who];
      if (behind.size() == kNamedCulprits)
        rest_ns += ns;
      else
        behind.push_back(
            {valid_utf8(name.has_pid ? fmt::format("{} ({})", name.comm, name.pid) : name.comm),
             ns});
    }
    if (rest_ns > 0) behind.push_back({"others", rest_ns});
  }
  object["causes"] = causes_json(life);
  object["sleeps"] = sleeps_json(life);
  object["ns"] = sums;
  object["waits"] = time == nullptr ? 0 : time->waits;
  object["longest"] = time == nullptr ? 0 : time->longest_wait_ns;
  object["behind"] = behind;
  object["faults"] = time == nullptr ? 0 : time->faults;
  object["major_faults"] = time == nullptr ? 0 : time->major_faults;
  object["marks"] = time == nullptr ? "" : marks_text(time->strip);
  const bool has_strip = time != nullptr && !time->strip.pieces().empty();
  object["strip"] = !has_strip ? Json(nullptr)
                               : Json{since_start(time->strip.start_ns()), time->strip.width_ns(),
                                      strip_text(time->strip)};
  return object;
}

// Of too many, those that failed, lived long or used the CPU. In order of birth.
std::unordered_map<LifeId, std::size_t> HtmlExporter::choose() {
  struct Candidate {
    LifeId id;
    bool failed;
    std::uint64_t weight_ns;
  };
  const ProcsInput input{lives_, tasks_, procs_, started_ns_, now_ns_};
  std::vector<Candidate> candidates;
  for (const auto& [id, life] : lives_.lives()) {
    if (!is_shown(input, life)) continue;
    const std::uint64_t end_ns = life.exit_ns.value_or(now_ns_);
    const std::uint64_t begin_ns = life.born_ns.value_or(started_ns_);
    candidates.push_back(
        {id, has_failed(life), end_ns - std::min(end_ns, begin_ns) + life.on_cpu_ns});
  }
  found_ = candidates.size();
  if (candidates.size() > kMaxProcesses) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) {
                       return std::tie(b.failed, b.weight_ns) < std::tie(a.failed, a.weight_ns);
                     });
    candidates.resize(kMaxProcesses);
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.id < b.id; });
  }
  std::unordered_map<LifeId, std::size_t> places;
  for (const Candidate& candidate : candidates) places.emplace(candidate.id, places.size());
  return places;
}

void HtmlExporter::finish(const StreamAccount& account, std::string& out) {
  times_.settle(now_ns_);
  causes_.settle(now_ns_);
  const std::unordered_map<LifeId, std::size_t> places = choose();
  if (head_.is_null())
    head_ = {{"target", "nothing"}, {"how", ""}, {"command", ""}, {"wall_ms", 0}};
  head_["duration"] = now_ns_ - started_ns_;
  head_["seen"] = account.seen();
  head_["lost"] = account.lost_total() + account.undecodable();
  head_["account"] = account_text(account);
  std::string remarks = remarks_text(account, started_ns_);
  if (!account.has_end()) remarks += std::string(kNoEndText) + "\n";
  if (!remarks.empty()) remarks.pop_back();  // its last line's end
  std::replace(remarks.begin(), remarks.end(), '\n', ';');
  head_["remade"] = remarks;
  head_["chosen"] = chosen_text(procs_);
  head_["hidden"] = found_ - places.size() + lives_.forgotten();

  const ProcessTimes::Index index = times_.index();
  std::string_view page = kPageHtml;
  const auto page_until = [&page](std::string_view mark) {
    const std::string_view part = page.substr(0, page.find(mark));
    page.remove_prefix(std::min(page.size(), part.size() + mark.size()));
    return part;
  };
  out += page_until("@STYLE@");
  out += kPageCss;
  out += page_until("@DATA@");
  std::string head = head_.dump(-1, ' ', false, Json::error_handler_t::replace);
  head.back() = ',';
  append_without_markup(out, head);
  out += "\"processes\":[";
  bool first = true;
  for (const auto& [id, life] : lives_.lives()) {
    if (!places.contains(id)) continue;
    out += first ? "\n" : ",\n";
    first = false;
    const ProcessTime* time = times_.find(index, life.pid, life.start_boottime_ns);
    append_without_markup(
        out, process_json(life, time, places).dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  out += "]}";
  out += page_until("@SCRIPTS@");
  for (const std::string_view script :
       {kDataJs, kTimelineJs, kMouseJs, kDetailsJs, kTableJs, kPageJs})
    out += script;
  out += page;
}

std::unique_ptr<Observer> make_html_exporter(TaskTable& tasks, const ExportOptions& options) {
  return std::make_unique<HtmlExporter>(tasks, options.procs);
}

}  // namespace hoodtrace
