// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/try_fentry.hpp"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/fd.hpp"

namespace hoodtrace {

bool fentry_attaches(std::uint32_t function) {
  if (function == 0) return false;
  bpf_insn program[2]{};
  program[0].code = BPF_ALU64 | BPF_MOV | BPF_K;  // r0 = 0
  program[1].code = BPF_JMP | BPF_EXIT;
  bpf_prog_load_opts options{};
  options.sz = sizeof(options);
  options.expected_attach_type = BPF_TRACE_FENTRY;
  options.attach_btf_id = function;
  const Fd loaded(bpf_prog_load(BPF_PROG_TYPE_TRACING, "ht_try", "GPL", program, 2, &options));
  if (!loaded) return false;
  const Fd link(bpf_raw_tracepoint_open(nullptr, loaded.get()));
  return static_cast<bool>(link);
}

}  // namespace hoodtrace
