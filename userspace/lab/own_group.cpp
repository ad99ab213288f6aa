// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/own_group.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <sstream>
#include <stdexcept>

#include "lab/acts.hpp"

namespace hoodtrace::lab {
namespace {

struct Place {
  std::string folder;  // "" = there is none
  bool is_v2 = false;
};

bool has_word(const std::string& text, const std::string& word) {
  std::istringstream words(text);
  for (std::string one; words >> one;)
    if (one == word) return true;
  return false;
}

// Where the controller can be used: in the root of v2 when it can be given to children, else in v1.
Place find_place(const std::string& controller) {
  std::istringstream mounts(text_of("/proc/self/mountinfo"));
  Place found;
  for (std::string line; std::getline(mounts, line);) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream head(line.substr(0, dash));
    std::string folder;
    for (int i = 0; i < 5; i++) head >> folder;
    std::istringstream tail(line.substr(dash + 3));
    std::string type;
    std::string device;
    std::string options;
    tail >> type >> device >> options;
    if (type == "cgroup2" && has_word(text_of(folder + "/cgroup.controllers"), controller))
      return {folder, true};
    for (char& letter : options)
      if (letter == ',') letter = ' ';
    if (type == "cgroup" && has_word(options, controller)) found = {folder, false};
  }
  return found;
}

}  // namespace

std::string OwnGroup::lacks(const std::string& controller) {
  const Place place = find_place(controller);
  if (place.folder.empty()) return "no cgroup controller " + controller + " is mounted here";
  if (::access(place.folder.c_str(), W_OK) != 0) return place.folder + " is not writable";
  return {};
}

OwnGroup::OwnGroup(const std::string& controller) {
  const Place place = find_place(controller);
  if (place.folder.empty()) throw std::runtime_error("no cgroup controller " + controller);
  is_v2_ = place.is_v2;
  const std::string switches = place.folder + "/cgroup.subtree_control";
  if (is_v2_ && !has_word(text_of(switches), controller)) {
    if (!write_text(switches, "+" + controller))
      give_up("cannot enable the controller " + controller);
    switches_ = switches;
    switched_ = controller;
  }
  path_ = place.folder + "/hoodtrace-lab-" + std::to_string(::getpid());
  if (::mkdir(path_.c_str(), 0700) != 0) give_up(path_);
}

OwnGroup::~OwnGroup() {
  // A task that has just ended is in it a moment longer.
  for (int tries = 0; tries < 100 && ::rmdir(path_.c_str()) != 0; tries++) sleep_ms(10);
  if (!switches_.empty()) (void)write_text(switches_, "-" + switched_);
}

void OwnGroup::enter() const {
  if (!write_text(path_ + "/cgroup.procs", std::to_string(::getpid()))) give_up(path_);
}

void OwnGroup::limit_memory(std::uint64_t bytes) const {
  const std::string text = std::to_string(bytes);
  if (!write_text(path_ + (is_v2_ ? "/memory.max" : "/memory.limit_in_bytes"), text))
    give_up(path_);
  // Not everywhere: without swap accounting there is no such file.
  (void)write_text(path_ + (is_v2_ ? "/memory.swap.max" : "/memory.memsw.limit_in_bytes"),
                   is_v2_ ? "0" : text);
}

std::int64_t OwnGroup::peak_memory() const {
  const std::string text =
      text_of(path_ + (is_v2_ ? "/memory.peak" : "/memory.max_usage_in_bytes"));
  return text.empty() ? -1 : std::stoll(text);
}

std::int64_t OwnGroup::oom_kills() const {
  return number_in(path_ + (is_v2_ ? "/memory.events" : "/memory.oom_control"), "oom_kill");
}

void OwnGroup::limit_cpu(std::uint64_t quota_us, std::uint64_t period_us) const {
  const std::string quota = std::to_string(quota_us);
  const std::string period = std::to_string(period_us);
  const bool ok = is_v2_ ? write_text(path_ + "/cpu.max", quota + " " + period)
                         : write_text(path_ + "/cpu.cfs_period_us", period) &&
                               write_text(path_ + "/cpu.cfs_quota_us", quota);
  if (!ok) give_up(path_);
}

std::int64_t OwnGroup::throttled_ns() const {
  if (is_v2_) {
    const std::int64_t us = number_in(path_ + "/cpu.stat", "throttled_usec");
    return us < 0 ? us : us * 1000;
  }
  return number_in(path_ + "/cpu.stat", "throttled_time");
}

}  // namespace hoodtrace::lab
