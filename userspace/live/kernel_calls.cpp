// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/kernel_calls.hpp"

#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/bpf.h>

#include <cstring>
#include <vector>

#include "settings.h"

namespace hoodtrace {
namespace {

constexpr std::uint8_t kKernelFunction = 2;  // BPF_PSEUDO_KFUNC_CALL

bpf_insn call_of(std::uint32_t btf_id) {
  bpf_insn call{};
  if (btf_id == 0) {  // r0 = 0
    call.code = BPF_ALU64 | BPF_MOV | BPF_K;
    return call;
  }
  call.code = BPF_JMP | BPF_CALL;
  call.src_reg = kKernelFunction;
  call.imm = static_cast<__s32>(btf_id);
  return call;
}

}  // namespace

Result<void> resolve_kernel_calls(bpf_program* program, const KernelFunctions& functions) {
  const bpf_insn* first = bpf_program__insns(program);
  std::vector<bpf_insn> code(first, first + bpf_program__insn_cnt(program));
  bool found = false;
  for (std::size_t i = 0; i < code.size(); i++) {
    bpf_insn& instruction = code[i];
    if (instruction.code == (BPF_LD | BPF_DW | BPF_IMM)) i++;  // has two slots
    if (instruction.code != (BPF_JMP | BPF_CALL) || instruction.src_reg != 0) continue;
    if (instruction.imm == HT_CALL_PREEMPT_DISABLE)
      instruction = call_of(functions.preempt_disable);
    else if (instruction.imm == HT_CALL_PREEMPT_ENABLE)
      instruction = call_of(functions.preempt_enable);
    else if (instruction.imm == HT_CALL_RDONLY_CAST)
      instruction = call_of(functions.rdonly_cast);
    else
      continue;
    found = true;
  }
  if (!found) return {};
  if (const int error = bpf_program__set_insns(program, code.data(), code.size()); error != 0)
    return failed(
        fmt::format("cannot complete {}: {}", bpf_program__name(program), std::strerror(-error)));
  return {};
}

}  // namespace hoodtrace
