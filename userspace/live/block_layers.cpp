// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/block_layers.hpp"

#include <bpf/btf.h>
#include <linux/btf.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "live/kernel_types.hpp"

namespace hoodtrace {
namespace {

struct BtfFree {
  void operator()(btf* object) const { btf__free(object); }
};

constexpr std::string_view kNobody;  // no member

// The functions that end the bios of such drivers, and the members by which the bio above is found.
struct Way {
  std::string_view module;
  std::string_view end_io;
  std::string_view structure;
  std::string_view bio;     // the bio is this member; kNobody: bi_private points to the structure
  std::string_view first;   // a pointer in it
  std::string_view target;  // what that points to, when the bio above is not that
  std::string_view second;  // a pointer in that
};

constexpr std::array kWays = {
    // drivers/md/dm.c, dm-core.h
    Way{"dm_mod", "clone_endio", "dm_target_io", "clone", "io", "dm_io", "orig_bio"},
    // drivers/md/dm-crypt.c
    Way{"dm_crypt", "crypt_endio", "dm_crypt_io", kNobody, "base_bio", kNobody, kNobody},
    // drivers/md/md.c: the clone that counts the time of a bio. 7.3 sets no bi_private.
    Way{"md_mod", "md_end_clone_io", "md_io_clone", "bio_clone", "orig_bio", kNobody, kNobody},
    // The same up to 6.5.
    Way{"md_mod", "md_end_io_acct", "md_io_acct", "bio_clone", "orig_bio", kNobody, kNobody},
    // drivers/md/raid1.c, raid10.c
    Way{"raid1", "raid1_end_read_request", "r1bio", kNobody, "master_bio", kNobody, kNobody},
    Way{"raid1", "raid1_end_write_request", "r1bio", kNobody, "master_bio", kNobody, kNobody},
    Way{"raid10", "raid10_end_read_request", "r10bio", kNobody, "master_bio", kNobody, kNobody},
    Way{"raid10", "raid10_end_write_request", "r10bio", kNobody, "master_bio", kNobody, kNobody},
};
// With bio_chain_endio; no kernel has both of md's.
static_assert(kWays.size() <= 8, "HT_BIO_STEPS");

constexpr std::array kTypes = {
    KernelTypes::Name{BTF_KIND_STRUCT, "dm_target_io"},
    KernelTypes::Name{BTF_KIND_STRUCT, "dm_io"},
    KernelTypes::Name{BTF_KIND_STRUCT, "dm_crypt_io"},
    KernelTypes::Name{BTF_KIND_STRUCT, "md_io_clone"},
    KernelTypes::Name{BTF_KIND_STRUCT, "md_io_acct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "r1bio"},
    KernelTypes::Name{BTF_KIND_STRUCT, "r10bio"},
    KernelTypes::Name{BTF_KIND_STRUCT, "loop_cmd"},
    KernelTypes::Name{BTF_KIND_STRUCT, "loop_device"},
};

// The types of one module after the other; those of a driver that is built in are the kernel's.
class ModuleTypes {
 public:
  ModuleTypes(btf* types, bool modules)
      : kernel_(types), found_(std::in_place, types, kTypes), modules_(modules) {}

  const KernelTypes& of(std::string_view module) {
    if (module == module_) return *found_;
    module_ = module;
    own_.reset();
    const std::string path = "/sys/kernel/btf/" + std::string(module);
    if (modules_ && std::filesystem::exists(path))
      own_.reset(btf__parse_split(path.c_str(), kernel_));
    found_.emplace(own_ != nullptr ? own_.get() : kernel_, kTypes);
    return *found_;
  }

 private:
  btf* kernel_;
  std::unique_ptr<btf, BtfFree> own_;
  std::optional<KernelTypes> found_;
  std::string_view module_;
  bool modules_;
};

std::optional<BioStep> step_of(const Way& way, const KernelTypes& types, std::uint64_t end_io) {
  BioStep step;
  step.end_io = end_io;
  step.is_layer = true;
  const auto place = [&types](std::string_view structure, std::string_view member,
                              std::uint32_t& to) {
    if (member == kNobody) return true;
    const std::optional<std::int32_t> offset = types.offset(structure, member);
    if (offset) to = static_cast<std::uint32_t>(*offset);
    return offset.has_value();
  };
  if (place(way.structure, way.bio, step.container) &&
      place(way.structure, way.first, step.first) && place(way.target, way.second, step.second))
    return step;
  return std::nullopt;
}

void find_loop(ModuleTypes& modules, const KernelSymbols& symbols, BlockLayers& layers) {
  const std::uint64_t end_io = symbols.address_of("lo_rw_aio_complete");
  if (end_io == 0) return;
  const KernelTypes& types = modules.of("loop");
  const auto command = types.offset("loop_cmd", "iocb");
  const auto file = types.offset("loop_device", "lo_backing_file");
  if (command) {
    layers.loop_end_io = end_io;
    layers.loop_command = static_cast<std::uint32_t>(*command);
  }
  if (file) layers.loop_file = static_cast<std::uint32_t>(*file);
}

// A device with queues of requests has them in its folder "mq". One without content is not in use.
bool makes_no_requests(const std::filesystem::path& device) {
  std::error_code error;
  if (std::filesystem::exists(device / "mq", error)) return false;
  std::uint64_t sectors = 0;
  std::ifstream(device / "size") >> sectors;
  return sectors > 0;
}

}  // namespace

BlockLayers find_block_layers(btf* types, bool modules, const KernelSymbols& symbols) {
  BlockLayers layers;
  bool has_layers = false;
  std::error_code error;
  for (const auto& device : std::filesystem::directory_iterator("/sys/block", error)) {
    if (!makes_no_requests(device.path())) continue;
    layers.has_bio_devices = true;
    if (!std::filesystem::is_empty(device.path() / "slaves", error) && !error) has_layers = true;
  }
  ModuleTypes found(types, modules);
  find_loop(found, symbols, layers);
  if (!has_layers) return layers;
  for (const Way& way : kWays) {
    const std::uint64_t end_io = symbols.address_of(way.end_io);
    if (end_io == 0) continue;
    if (const auto step = step_of(way, found.of(way.module), end_io)) layers.steps.push_back(*step);
  }
  layers.has_unknown_layers = layers.steps.empty();
  // A bio that was split, bio_chain(): the whole one is at bi_private.
  if (const std::uint64_t chain = symbols.address_of("bio_chain_endio"); chain != 0)
    layers.steps.push_back({chain, 0xffffffff, 0xffffffff, 0xffffffff, false});
  return layers;
}

}  // namespace hoodtrace
