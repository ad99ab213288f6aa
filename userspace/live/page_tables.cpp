// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/page_tables.hpp"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "faults/direct_map.h"
// After it: the skeleton uses its types.
#include "direct_map.skel.h"

namespace hoodtrace {
namespace {

struct SkeletonFree {
  void operator()(direct_map_bpf* skeleton) const { direct_map_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<direct_map_bpf, SkeletonFree>;

// Two words that are nowhere else, on a page of their own that stays where it is.
class Marked {
 public:
  Marked() : bytes_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    void* place =
        ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return;
    words_ = static_cast<std::uint64_t*>(place);
    // Written: without the rights to lock it, it is there all the same.
    if (::getrandom(words_, 16, 0) != 16) words_[0] = 0;
    ::mlock(words_, bytes_);
  }
  Marked(const Marked&) = delete;
  Marked& operator=(const Marked&) = delete;
  ~Marked() {
    if (words_ != nullptr) ::munmap(words_, bytes_);
  }

  [[nodiscard]] bool is_made() const { return words_ != nullptr && words_[0] != 0; }
  [[nodiscard]] const std::uint64_t* words() const { return words_; }

 private:
  std::size_t bytes_;
  std::uint64_t* words_ = nullptr;
};

// From /proc/cpuinfo: without the bits that memory encryption uses. 0 = not in there, as on any
// machine but x86.
unsigned physical_bits() {
  constexpr std::string_view kKey = "address sizes\t: ";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(kKey)) continue;
    unsigned bits = 0;
    std::from_chars(line.data() + kKey.size(), line.data() + line.size(), bits);
    return bits;
  }
  return 0;
}

}  // namespace

PageTables find_page_tables(const KernelTypes& kernel) {
  constexpr unsigned kPageBits = 12;
  constexpr unsigned kMostBits = 52;  // of an entry
  const auto mm = kernel.offset("task_struct", "mm");
  const auto pgd = kernel.offset("mm_struct", "pgd");
  const unsigned bits = physical_bits();
  const Marked marked;
  if (kernel.id(BTF_KIND_FUNC, "bpf_rdonly_cast") == 0 || !mm || !pgd || !marked.is_made() ||
      bits <= kPageBits || bits > kMostBits)
    return {};
  const Skeleton skeleton(direct_map_bpf__open());
  if (skeleton == nullptr) return {};
  ht_direct_map_search& search = skeleton->rodata->search;
  search.address = reinterpret_cast<std::uint64_t>(marked.words());
  search.words[0] = marked.words()[0];
  search.words[1] = marked.words()[1];
  search.frame_mask = (1ULL << bits) - (1ULL << kPageBits);
  search.task_mm = static_cast<__u32>(*mm);
  search.mm_pgd = static_cast<__u32>(*pgd);
  const auto stack = kernel.offset("task_struct", "stack_vm_area");
  const auto addr = kernel.offset("vm_struct", "addr");
  const auto pages = kernel.offset("vm_struct", "pages");
  const btf_type* page = btf__type_by_id(kernel.types(), kernel.id(BTF_KIND_STRUCT, "page"));
  if (stack && addr && pages && page != nullptr && page->size != 0) {
    search.task_stack = static_cast<__u32>(*stack);
    search.area_addr = static_cast<__u32>(*addr);
    search.area_pages = static_cast<__u32>(*pages);
    search.page_bytes = page->size;
  }
  if (direct_map_bpf__load(skeleton.get()) != 0) return {};
  bpf_test_run_opts options{};
  options.sz = sizeof(options);
  if (bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.find_direct_map), &options) != 0)
    return {};
  const ht_direct_map_result& result = skeleton->bss->result;
  return {result.direct_map, result.vmemmap, search.frame_mask, result.five_levels != 0};
}

}  // namespace hoodtrace
