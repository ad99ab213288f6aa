// SPDX-License-Identifier: GPL-2.0-or-later
// Makes a golden recording of one that was made on a machine with other people's processes on it:
// what is not about the traced tasks, and every name that is not theirs, is left out.
//   hoodtrace record sched -o /tmp/x.htrec -- workload pipe trips=20
//   keep_own /tmp/x.htrec tests/golden/recordings/sched_pipe.htrec

#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

#include "event/session_words.hpp"
#include "stream/file_source.hpp"
#include "stream/recorder.hpp"

namespace {

using namespace hoodtrace;

class Sieve {
 public:
  // What goes into the golden recording; nothing of it to leave it out.
  RecordView keep(RecordView record) {
    const std::optional<Event> event = decode(record);
    if (!event) return {};
    changed_.clear();
    RecordView kept;
    event->visit([&](const auto& typed) { kept = keep_event(record, &typed); });
    return kept;
  }

 private:
  template <class Record>
  RecordView keep_event(RecordView record, const Record* event) {
    if constexpr (std::is_same_v<Record, ht_session>) {
      std::string words;
      for (const auto& [key, value] : session_words(*event)) {
        if (key != "how" && key != "clock" && key != "families") continue;
        words.append(key).push_back('\0');
        words.append(value).push_back('\0');
      }
      const char target[] = "target\0a golden command\0";
      words.append(target, sizeof(target) - 1);
      return add(*event, words);
    } else if constexpr (std::is_same_v<Record, ht_cgroup_name>) {
      const std::size_t number = cgroups_.emplace(event->cgroup_id, cgroups_.size()).first->second;
      std::string name = number == 0 ? "/golden" : "/golden-" + std::to_string(number + 1);
      name.push_back('\0');
      return add(*event, name);
    } else if constexpr (std::is_same_v<Record, ht_mount>) {
      return tail_of(*event).starts_with(std::string_view("/\0/\0", 4)) ? record : RecordView{};
    } else if constexpr (std::is_same_v<Record, ht_switch>) {
      // Tasks on the other side of its switches are reduced to their tid.
      return event->flags & (HT_SWITCH_PREV_TRACED | HT_SWITCH_NEXT_TRACED) ? record : RecordView{};
    } else if constexpr (requires { event->task.comm; }) {
      return if_traced(record, event->task.head.tid, event->task.flags);
    } else if constexpr (std::is_same_v<Record, ht_task_exec> ||
                         std::is_same_v<Record, ht_task_cgroup> || requires {
                           event->pid;
                           event->flags;
                           event->comm;
                         }) {
      return if_traced(record, event->head.tid, event->flags);
    } else if constexpr (std::is_same_v<Record, ht_task_pids>) {
      return if_traced(record, event->head.tid, 0);
    } else {
      return record;
    }
  }

  RecordView if_traced(RecordView record, std::uint32_t tid, std::uint32_t flags) {
    if (flags & HT_TASK_TRACED) traced_.insert(tid);
    return traced_.count(tid) > 0 ? record : RecordView{};
  }

  template <class Record>
  RecordView add(const Record& record, const std::string& tail) {
    changed_.add(record, tail);
    return changed_.at(0);
  }

  std::unordered_set<std::uint32_t> traced_;
  std::unordered_map<std::uint64_t, std::size_t> cgroups_;  // in order of appearance
  RecordBuffer changed_;
};

int fail(const Error& error) {
  std::fprintf(stderr, "keep_own: %s\n", error.message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: keep_own RECORDING GOLDEN-RECORDING\n");
    return 2;
  }
  auto source = FileSource::open(argv[1]);
  if (!source) return fail(source.error());
  auto recorder = Recorder::create(argv[2], {});
  if (!recorder) return fail(recorder.error());
  Sieve sieve;
  for (;;) {
    const auto records = (*source)->next();
    if (!records) return fail(records.error());
    if (records->empty()) break;
    for (const RecordView& record : *records) {
      const RecordView kept = sieve.keep(record);
      if (kept.head != nullptr)
        if (const Result<void> written = (*recorder)->write({&kept, 1}); !written)
          return fail(written.error());
    }
  }
  const Result<void> finished = (*recorder)->finish();
  return finished ? 0 : fail(finished.error());
}
