// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/sched/spinners.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <string_view>

namespace hoodtrace::lab {
namespace {

constexpr std::uint64_t kStartNs = 50'000'000;  // until all have been started

std::uint64_t ns_of(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_usec) * 1000;
}

}  // namespace

Spinners::Spinners(std::uint64_t ms)
    : from_ns_(now_ns() + kStartNs), until_ns_(from_ns_ + ms * 1'000'000) {}

pid_t Spinners::start(const std::function<void()>& prepare) {
  pids_.push_back(start_child([this, &prepare] {
    use_one_cpu();
    prepare();
    const std::uint64_t now = now_ns();
    if (now < from_ns_) sleep_ms((from_ns_ - now) / 1'000'000 + 1);
    burn_until(until_ns_);
    return 0;
  }));
  return pids_.back();
}

std::vector<std::uint64_t> Spinners::finish() {
  std::vector<std::uint64_t> cpu_ns;
  for (const pid_t pid : pids_) {
    rusage usage{};
    int status = 0;
    ::wait4(pid, &status, 0, &usage);
    if (status != 0) errno = EPERM, give_up("a child could not do its part");
    cpu_ns.push_back(ns_of(usage.ru_utime) + ns_of(usage.ru_stime));
  }
  return cpu_ns;
}

LabJson share_of(const Evidence& evidence, const LabJson& first, const LabJson& all) {
  double sum = 0;
  double own = 0;
  for (const LabJson& tid : all) {
    const LabJson ns = value_of(evidence.thread(tid), "on_cpu_ns");
    if (!ns.is_number()) return nullptr;
    sum += ns.get<double>();
    if (tid == first) own += ns.get<double>();
  }
  return sum > 0 ? LabJson(100 * own / sum) : LabJson();
}

bool has_flat_queues() {
  // Names of fields are in the strings of the kernel's type information.
  constexpr std::string_view kField("\0h_curr\0", 8);
  return text_of("/sys/kernel/btf/vmlinux").find(kField) != std::string::npos;
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace hoodtrace::lab
