// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>
#include <string_view>

#include "events.h"
#include "probe/plan.hpp"

namespace hoodtrace {

Result<std::string> plan_disk(const TraceRequest& request, const Features& features, Plan& plan) {
  ht_settings& settings = plan.settings;
  settings.disk_io_start = features.has("block_io_start") ? 1 : 0;
  settings.disk_io_done = features.has("block_io_done") ? 1 : 0;
  settings.preempt_count = features.preempt_count.offset;
  settings.hardirq_mask = features.preempt_count.hardirq_mask;
  settings.rqf_flush_seq = features.block.rqf_flush_seq;
  settings.rqf_io_stat = features.block.rqf_io_stat;
  settings.bio_chain_end_io = features.block.bio_chain_end_io;
  settings.iomap_end_io = features.block.iomap_end_io;
  settings.btrfs_end_io = features.block.btrfs_end_io;
  settings.btrfs_bio = features.block.btrfs_bio;
  settings.btrfs_bio_inode = features.block.btrfs_bio_inode;
  settings.btrfs_bio_offset = features.block.btrfs_bio_offset;
  settings.btrfs_vfs_inode = features.block.btrfs_vfs_inode;
  plan.maps.push_back({"disk_requests", HT_DISK_REQUESTS});
  plan.maps.push_back({"disk_flushers", HT_DISK_DEVICES});
  // Sums by cgroup have neither files nor sleepers.
  if (settings.totals != 0) return std::string("block requests by the cgroup that pays (tp_btf)");
  if (settings.disk_io_done != 0) plan.disk_scope |= HT_DISK_EXACT_DONE;
  if (features.folio && features.has("writeback_dirty_folio")) plan.disk_scope |= HT_DISK_DIRTIES;
  if (request.syncs) plan.disk_scope |= HT_DISK_SYNCS;
  if (settings.iomap_end_io != 0) plan.disk_scope |= HT_DISK_DIRECT_FILES;
  plan.maps.push_back({"named_files", HT_NAMED_SETS});
  plan.maps.push_back({"disk_sleeps", HT_DISK_SLEEPERS});
  if (request.syncs) plan.maps.push_back({"disk_syncs", HT_DISK_SLEEPERS});
  plan.maps_of_target.push_back({"dirtied_files", HT_TOUCHED_BITS / 64});
  std::string how =
      "block requests from their begin to their end, who asked, and who slept for them (tp_btf)";
  const auto lacks = [&how](bool is_there, std::string_view what) {
    if (!is_there) how.append("; not known on this kernel: ").append(what);
  };
  lacks((plan.disk_scope & HT_DISK_DIRTIES) != 0, "who dirtied what is written back");
  lacks((plan.disk_scope & HT_DISK_DIRECT_FILES) != 0,
        "the files of direct I/O (needs /proc/kallsyms)");
  if (settings.disk_io_start == 0) how += "; without block_io_start: begins at block_getrq";
  return how;
}

}  // namespace hoodtrace
