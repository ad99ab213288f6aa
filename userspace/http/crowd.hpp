// SPDX-License-Identifier: GPL-2.0-or-later
// Who is connected, and who has to leave: a crowd that sends no requests, or reads no answers, must not
// keep out the one that scrapes.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

namespace hoodtrace {

// Not thread-safe. Each socket is reported as opened, perhaps as asked, and as closed before its number
// can be that of another one. Who calls ends what is returned; each socket is returned once.
class Crowd {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A newcomer. When there are more than kMost, one has to leave: of those that have not sent a whole
  // request the one that came first; else the one that is being answered for longest, if that is
  // kGrace or more. The newcomer never is.
  std::optional<int> opened(int socket, Time now);
  // Its request is complete.
  void asked(int socket, Time now);
  void closed(int socket);

  // Those that came kLongest ago, however busy they look.
  std::vector<int> overdue(Time now);

  [[nodiscard]] std::size_t size() const { return waiting_.size() + answered_.size(); }

  static constexpr std::size_t kMost = 192;
  static constexpr std::chrono::seconds kGrace{2};
  static constexpr std::chrono::seconds kLongest{30};

 private:
  struct Member {
    int socket;
    Time came;
    Time asked;
  };
  using Members = std::list<Member>;
  struct Place {
    Members* list;
    Members::iterator member;
  };
  int end_first(Members& members);

  Members waiting_;   // for their request to be complete; by when they came
  Members answered_;  // by when they had asked
  Members ended_;     // not closed yet
  std::unordered_map<int, Place> places_;
};

}  // namespace hoodtrace
