/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a comm match a pattern of `*` (any run) and `?` (any one character)? Also compiled for tests. */
#ifndef HT_GLOB_BPF_H
#define HT_GLOB_BPF_H

#include "settings.h"
#include <bpf/bpf_helpers.h>

/* Both are NUL-terminated. */
static __noinline bool glob_matches(const volatile char glob[HT_GLOB_LEN],
				    const char comm[HT_COMM_LEN])
{
	/* Bit i of `at`: the first i characters of the glob match what was read of comm so far. */
	__u32 at = 1;
	int i, c;

	for (c = 0; c < HT_COMM_LEN; c++) {
		char ch = comm[c];
		__u32 next = 0;

		for (i = 0; i < HT_GLOB_LEN - 1; i++) {
			char g = glob[i];

			if (!(at >> i & 1) || !g)
				continue;
			if (g == '*') {
				at |= 1u << (i + 1);
				next |= 1u << i;
			} else if (ch && (g == '?' || g == ch)) {
				next |= 1u << (i + 1);
			}
		}
		if (!ch)
			break;
		at = next;
	}
	for (i = 0; i < HT_GLOB_LEN; i++)
		if (!glob[i])
			return at >> i & 1;
	return false;
}

#endif
