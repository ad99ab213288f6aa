/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads kernel memory at an address that is only a number, by plain loads that yield 0 where nothing
 * is mapped (BPF_PROBE_MEM). Each costs a nanosecond; bpf_probe_read_kernel is a call. It needs
 * bpf_rdonly_cast (6.2 on), which the loader puts in place of the mark.
 */
#ifndef HT_KERNEL_MEMORY_BPF_H
#define HT_KERNEL_MEMORY_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

/* A pointer to a type of the kernel, as the verifier sees it. */
static __always_inline void *kernel_pointer(__u64 address, __u64 type_id)
{
	void *pointer;

	asm volatile("r1 = %[address]\n\t"
		     "r2 = %[type]\n\t"
		     "call %[mark]\n\t"
		     "%[pointer] = r0"
		     : [pointer] "=r"(pointer)
		     : [address] "r"(address), [type] "r"(type_id),
		       [mark] "i"(HT_CALL_RDONLY_CAST)
		     : "r0", "r1", "r2", "r3", "r4", "r5", "memory");
	return pointer;
}

#define at_address(type, address) \
	((type *)kernel_pointer(address, bpf_core_type_id_kernel(type)))

/*
 * A field of a structure behind a pointer that the verifier takes for a number, or that it would have
 * to search for: a plain load where the kernel has bpf_rdonly_cast.
 */
#define load_field(pointer, field)                                                        \
	(settings.rdonly_cast ?                                                           \
		 at_address(typeof(*(pointer)), (__u64)(pointer))->field :                \
		 BPF_CORE_READ(pointer, field))

static __always_inline __u64 load_word(__u64 address)
{
	/* Any type that begins with a plain 64-bit number. */
	return at_address(struct timespec64, address)->tv_sec;
}

/* The same with any kernel. */
static __always_inline __u64 read_word(__u64 address)
{
	__u64 word = 0;

	if (settings.rdonly_cast)
		return load_word(address);
	bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
	return word;
}

#endif
