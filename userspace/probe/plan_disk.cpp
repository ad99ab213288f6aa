// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <string>
#include <string_view>

#include "events.h"
#include "probe/plan.hpp"

namespace hoodtrace {
namespace {

// Devices above others: how a request below leads to the one above.
void plan_layers(const BlockLayers& layers, Plan& plan) {
  ht_settings& settings = plan.settings;
  std::size_t next = 0;
  for (const BioStep& step : layers.steps) {
    if (next == HT_BIO_STEPS) break;
    settings.bio_steps[next++] = {step.end_io, step.container, step.first, step.second,
                                  step.is_layer ? 1U : 0U};
    if (step.is_layer) settings.disk_layers = 1;
  }
  settings.loop_end_io = layers.loop_end_io;
  settings.loop_command = layers.loop_command;
  settings.loop_file = layers.loop_file;
  if (settings.disk_layers != 0 || settings.loop_end_io != 0) plan.disk_scope |= HT_DISK_LAYERS;
}

}  // namespace

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
  plan.maps.push_back({"disk_open", HT_DISK_BUCKETS});
  plan.maps.push_back({"disk_flushers", HT_DISK_DEVICES});
  // Sums by cgroup have neither files nor sleepers.
  if (settings.totals != 0) return std::string("block requests by the cgroup that pays (tp_btf)");
  if (settings.disk_io_done != 0) plan.disk_scope |= HT_DISK_EXACT_DONE;
  if (features.folio && features.has("writeback_dirty_folio")) plan.disk_scope |= HT_DISK_DIRTIES;
  if (request.syncs) plan.disk_scope |= HT_DISK_SYNCS;
  if (settings.iomap_end_io != 0) plan.disk_scope |= HT_DISK_DIRECT_FILES;
  const BlockLayers& layers = features.block.layers;
  if (layers.has_bio_devices && features.has("block_bio_queue") &&
      features.has("block_bio_complete")) {
    plan.disk_scope |= HT_DISK_BIOS;
    settings.disk_bios = 1;
  }
  plan_layers(layers, plan);
  plan.maps.push_back({"named_files", HT_NAMED_SETS});
  plan.maps.push_back({"disk_sleeps", HT_DISK_SLEEPERS});
  plan.maps.push_back({"disk_early", HT_DISK_SLEEPERS});
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
  lacks(
      !layers.has_unknown_layers,
      "for whom devices below dm and md work (needs /proc/kallsyms and the BTF of their modules)");
  if (settings.disk_io_start == 0) how += "; without block_io_start: begins at block_getrq";
  return how;
}

}  // namespace hoodtrace
