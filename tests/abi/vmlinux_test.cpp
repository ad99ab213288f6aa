// SPDX-License-Identifier: GPL-2.0-or-later
// vmlinux.h against the running kernel: every type and field that the BPF programs use is there,
// with the kind that they take it for, or is named here as optional.

#include <bpf/btf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <set>
#include <string>

namespace hoodtrace {
namespace {

// Fields that a kernel may lack; the programs test for their existence (bpf_core_field_exists) or
// are not loaded there.
const std::set<std::string> kOptional = {
    "rq",                       // CONFIG_SMP, and a way to it: cfs_rq.rq
    "cfs_rq.rq",                // CONFIG_FAIR_GROUP_SCHED
    "sched_entity.cfs_rq",      // the same
    "sched_entity.parent",      // the same
    "cfs_rq.tg",                // the same
    "task_group",               // the same
    "sched_info.run_delay",     // CONFIG_SCHED_INFO
    "sched_info.pcount",        // the same
    "sched_info.last_queued",   // the same
    "task_struct.sched_info",   // the same
    "thread_info.status",       // x86
    "thread_info.cpu",          // not on all architectures
    "pt_regs.orig_x0",          // arm64
    "pt_regs.syscallno",        // arm64
    "pt_regs.regs",             // arm64
    "task_struct.__state",      // 5.14 on
    "percpu_counter",           // mm_struct.rss_stat, 6.2 on
    "mm_struct.rss_stat",       // the same
    "mm_rss_stat",              // before 6.2
    "task_struct.delays",       // CONFIG_TASK_DELAY_ACCT
    "task_delay_info",          // the same
    "mm_struct.hugetlb_usage",  // CONFIG_HUGETLB_PAGE
    "page.compound_head",       // compound_info in 7.x
    "rq.prev_irq_time",         // CONFIG_IRQ_TIME_ACCOUNTING
    "rq.prev_steal_time_rq",    // CONFIG_PARAVIRT_TIME_ACCOUNTING
    "bvec_iter.bi_bvec_done",   // bi_offset in 7.x
    "bvec_iter.bi_offset",      // the same
};

// Read by BPF_CORE_READ_BITFIELD_PROBED, which finds the size.
const std::set<std::string> kAnySize = {"cfs_rq.throttled"};  // a bit-field from 6.18 on

// Types of the programs' own, in no header of the kernel's.
const std::set<std::string> kLocal = {
    "emitter",      "argv_walk",  "run_walk",     "cgroup_walk",   "move_walk",
    "fault_event",  "path_walk",  "vma_look",     "name_walk",     "page_look",
    "bio_file",     "kept_stack", "bio_walk",     "disk_bracket",  "disk_flusher",
    "disk_scratch", "bio_search", "walk_context", "wanted_search", "disk_sleep",
    "disk_waker",   "disk_sync",  "file_place",   "object_place",  "pair_walk",
    "fair_cpu",     "fair_queue", "fair_level",   "fair_place",    "irq_cpu",
    "quota_seen",   "quota_walk", "quota_scan",   "throttle_walk", "queue_counts",
    "fair_counts"};

struct BtfDeleter {
  void operator()(btf* types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, BtfDeleter>;

const btf_type* resolve(const btf* types, std::uint32_t id) {
  const btf_type* type = btf__type_by_id(types, id);
  while (type != nullptr && (btf_is_mod(type) || btf_is_typedef(type)))
    type = btf__type_by_id(types, type->type);
  return type;
}

// The member, in the struct itself or in its anonymous structs and unions.
const btf_member* find_member(const btf* types, const btf_type* in, const std::string& name) {
  const btf_member* members = btf_members(in);
  for (int i = 0; i < btf_vlen(in); i++) {
    const std::string member = btf__name_by_offset(types, members[i].name_off);
    if (member == name) return &members[i];
    if (!member.empty()) continue;
    const btf_type* nested = resolve(types, members[i].type);
    if (nested == nullptr || !btf_is_composite(nested)) continue;
    if (const btf_member* found = find_member(types, nested, name)) return found;
  }
  return nullptr;
}

std::string without_flavor(const std::string& name) { return name.substr(0, name.find("___")); }

// One type of ours against its namesake in the kernel; the number of fields compared.
unsigned compare_type(const btf* object, const btf_type* ours, const btf* kernel) {
  const std::string flavored = btf__name_by_offset(object, ours->name_off);
  const std::string name = without_flavor(flavored);
  const int found = btf__find_by_name_kind(kernel, name.c_str(), btf_kind(ours));
  if (found < 0) {
    EXPECT_TRUE(kLocal.count(name) > 0 || kOptional.count(name) > 0 || flavored != name)
        << "the kernel has no " << name;
    return 0;
  }
  const btf_type* theirs = btf__type_by_id(kernel, static_cast<__u32>(found));
  const btf_member* members = btf_members(ours);
  unsigned compared = 0;
  for (int i = 0; i < btf_vlen(ours); i++) {
    const std::string field = btf__name_by_offset(object, members[i].name_off);
    const std::string where = std::string(name).append(".").append(field);
    if (field.empty()) continue;
    const btf_member* there = find_member(kernel, theirs, field);
    // A flavor (struct x___y) is a shape of another kernel's.
    if (there == nullptr && (kOptional.count(where) > 0 || flavored != name)) continue;
    EXPECT_NE(there, nullptr) << "the kernel has no " << where;
    if (there == nullptr) continue;
    const btf_type* mine = resolve(object, members[i].type);
    const btf_type* its = resolve(kernel, there->type);
    if (mine == nullptr || its == nullptr) continue;  // void
    if (flavored != name && btf_kind(mine) != btf_kind(its)) continue;
    EXPECT_EQ(btf_kind(mine), btf_kind(its)) << where << " is of another kind in the kernel";
    if (btf_is_int(mine) && btf_is_int(its) && kAnySize.count(where) == 0) {
      EXPECT_EQ(mine->size, its->size) << where << " has another size in the kernel";
    }
    compared++;
  }
  return compared;
}

TEST(Vmlinux, EveryFieldThatIsReadIsInTheRunningKernel) {
  const Btf kernel(btf__load_vmlinux_btf());
  if (!kernel) GTEST_SKIP() << "cannot run here: this kernel has no BTF";
  const Btf object(btf__parse(HOODTRACE_BUILD_DIR "/bpf/hoodtrace.linked.o", nullptr));
  ASSERT_TRUE(object);
  unsigned compared = 0;
  for (__u32 id = 1; id < btf__type_cnt(object.get()); id++) {
    const btf_type* ours = btf__type_by_id(object.get(), id);
    if (!btf_is_composite(ours)) continue;
    const std::string name = btf__name_by_offset(object.get(), ours->name_off);
    // The ABI, and what libbpf makes of map definitions.
    if (name.empty() || name.starts_with("ht_")) continue;
    compared += compare_type(object.get(), ours, kernel.get());
  }
  EXPECT_GT(compared, 50U) << "the test has lost its subject";
}

}  // namespace
}  // namespace hoodtrace
