// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/argv_joiner.hpp"

#include <algorithm>
#include <utility>

#include "event/words.hpp"

namespace hoodtrace {

void ArgvJoiner::on(const ht_program& record) {
  const auto close = [this](const auto& at) {
    at->program.cut = true;
    done_.push_back(std::move(*at));
    open_.erase(at);
  };
  const auto same = std::find_if(open_.begin(), open_.end(), [&record](const JoinedExec& exec) {
    return exec.tid == record.head.tid;
  });
  if (same != open_.end()) close(same);
  if (open_.size() >= kMaxOpen) close(open_.begin());
  JoinedExec exec{record.head.tid, record.pid, record.head.cpu, read_program(record)};
  (record.kept_bytes == 0 ? done_.emplace_back() : open_.emplace_back()) = std::move(exec);
}

void ArgvJoiner::on(const ht_argv& argv) {
  const auto at = std::find_if(open_.begin(), open_.end(), [&argv](const JoinedExec& exec) {
    return exec.tid == argv.head.tid;
  });
  if (at == open_.end()) return;
  add_argv(at->program, argv);
  // Seen by the place of the piece and not by what was read: a piece can be unreadable or lost.
  const bool is_last = at->program.error != 0 ||
                       argv.offset + std::max<std::uint32_t>(argv.tail_bytes, HT_ARGV_PIECE) >=
                           at->program.kept_bytes;
  if (!is_last) return;
  if (at->program.argv.size() < at->program.kept_bytes) at->program.cut = true;
  done_.push_back(std::move(*at));
  open_.erase(at);
}

std::vector<JoinedExec> ArgvJoiner::take() { return std::exchange(done_, {}); }

std::vector<JoinedExec> ArgvJoiner::take_all() {
  for (JoinedExec& exec : open_) {
    exec.program.cut = true;
    done_.push_back(std::move(exec));
  }
  open_.clear();
  return take();
}

}  // namespace hoodtrace
