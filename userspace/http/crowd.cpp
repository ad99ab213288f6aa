// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/crowd.hpp"

#include <iterator>

namespace hoodtrace {

int Crowd::end_first(Members& members) {
  const int socket = members.front().socket;
  ended_.splice(ended_.end(), members, members.begin());
  places_[socket].list = &ended_;
  return socket;
}

std::optional<int> Crowd::opened(int socket, Time now) {
  std::optional<int> leaves;
  if (size() >= kMost) {
    if (!waiting_.empty())
      leaves = end_first(waiting_);
    else if (now - answered_.front().asked >= kGrace)
      leaves = end_first(answered_);
  }
  waiting_.push_back({socket, now, {}});
  places_[socket] = {&waiting_, std::prev(waiting_.end())};
  return leaves;
}

void Crowd::asked(int socket, Time now) {
  const auto place = places_.find(socket);
  if (place == places_.end() || place->second.list != &waiting_) return;
  place->second.member->asked = now;
  answered_.splice(answered_.end(), waiting_, place->second.member);
  place->second.list = &answered_;
}

void Crowd::closed(int socket) {
  const auto place = places_.find(socket);
  if (place == places_.end()) return;
  place->second.list->erase(place->second.member);
  places_.erase(place);
}

std::vector<int> Crowd::overdue(Time now) {
  std::vector<int> sockets;
  for (Members* members : {&waiting_, &answered_}) {
    for (auto member = members->begin(); member != members->end();) {
      const auto next = std::next(member);
      if (now - member->came > kLongest) {
        sockets.push_back(member->socket);
        places_[member->socket].list = &ended_;
        ended_.splice(ended_.end(), *members, member);
      }
      member = next;
    }
  }
  return sockets;
}

}  // namespace hoodtrace
