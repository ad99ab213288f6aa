// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench/empty_program.hpp"

#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>

#include "empty.skel.h"

namespace hoodtrace::bench {
namespace {

struct Attached {
  empty_bpf* skeleton = nullptr;
  std::vector<bpf_link*> links;

  bool attach(bpf_program* program) {
    if (bpf_program__type(program) != BPF_PROG_TYPE_PERF_EVENT)
      return keep(bpf_program__attach(program));
    for (int cpu = 0; cpu < ::sysconf(_SC_NPROCESSORS_ONLN); cpu++) {
      perf_event_attr attr{};
      attr.size = sizeof(attr);
      attr.type = PERF_TYPE_SOFTWARE;
      attr.config = PERF_COUNT_SW_PAGE_FAULTS_MIN;
      attr.sample_period = 1;
      const auto event = static_cast<int>(
          ::syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
      if (event < 0 || !keep(bpf_program__attach_perf_event(program, event))) return false;
    }
    return true;
  }

  bool keep(bpf_link* link) {
    if (link == nullptr) return false;
    links.push_back(link);
    return true;
  }
};

int say_nothing(libbpf_print_level, const char*, va_list) { return 0; }

bool start(Attached& attached, const std::vector<std::string>& names) {
  libbpf_set_print(say_nothing);
  attached.skeleton = empty_bpf__open();
  if (attached.skeleton == nullptr) return false;
  std::vector<bpf_program*> programs;
  for (const std::string& name : names) {
    programs.push_back(bpf_object__find_program_by_name(attached.skeleton->obj, name.c_str()));
    if (programs.back() == nullptr) return false;
    bpf_program__set_autoload(programs.back(), true);
  }
  if (empty_bpf__load(attached.skeleton) != 0) return false;
  for (bpf_program* program : programs)
    if (!attached.attach(program)) return false;
  return true;
}

}  // namespace

Variant empty_program_variant(const std::string& hook) {
  return program_variant("empty program, " + hook, {"empty_" + hook});
}

Variant program_variant(const std::string& name, const std::vector<std::string>& programs) {
  auto attached = std::make_shared<Attached>();
  return {name, [attached, programs] { return start(*attached, programs); },
          [attached] {
            for (bpf_link* link : attached->links) bpf_link__destroy(link);
            empty_bpf__destroy(attached->skeleton);
            *attached = {};
          }};
}

}  // namespace hoodtrace::bench
