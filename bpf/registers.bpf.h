/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers that a task entered the kernel with, by their numbers in DWARF. */
#ifndef HT_REGISTERS_BPF_H
#define HT_REGISTERS_BPF_H

#include "compat.bpf.h"

#if defined(__TARGET_ARCH_x86)

#define STACK_POINTER_IN(regs) ((regs)->sp)

/* System V ABI, AMD64 supplement, "DWARF register number mapping"; 16 is the return address. */
static __always_inline void fill_registers(__u64 *to, struct pt_regs *regs)
{
	to[0] = regs->ax;
	to[1] = regs->dx;
	to[2] = regs->cx;
	to[3] = regs->bx;
	to[4] = regs->si;
	to[5] = regs->di;
	to[6] = regs->bp;
	to[7] = regs->sp;
	to[8] = regs->r8;
	to[9] = regs->r9;
	to[10] = regs->r10;
	to[11] = regs->r11;
	to[12] = regs->r12;
	to[13] = regs->r13;
	to[14] = regs->r14;
	to[15] = regs->r15;
	to[16] = regs->ip;
}

#else

#define STACK_POINTER_IN(regs) ((regs)->sp)

/* DWARF for the Arm 64-bit Architecture: x0 to x30, SP, PC */
static __always_inline void fill_registers(__u64 *to, struct pt_regs *regs)
{
	int i;

	for (i = 0; i < 31; i++)
		to[i] = regs->regs[i];
	to[31] = regs->sp;
	to[32] = regs->pc;
}

#endif

#endif
