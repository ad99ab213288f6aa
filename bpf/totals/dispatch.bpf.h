/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How old the run queue's clock is at a switch from idle: the part of a wait that run_delay lacks
 * (docs/kernel-notes.md, 37). The two clocks have different zeros and drift apart slowly. The smallest
 * difference of a short time is that of a fresh clock; after a long idle time it is extrapolated.
 */
#ifndef HT_TOTALS_DISPATCH_BPF_H
#define HT_TOTALS_DISPATCH_BPF_H

#include "maps.bpf.h"

#define LAG_WINDOW_NS 16000000ULL
#define LAG_SAMPLE_NS 1000000ULL  /* between two samples of a busy CPU */
#define LAG_DRIFT_NS 1000000000ULL /* the drift is measured over at least this */
#define LAG_LEAST_NS 128           /* a fresh clock can be this old */
#define LAG_MOST_NS 1000000000ULL  /* more is no dispatch, but a clock that was set */
#define DRIFT_SHIFT 20
#define DRIFT_MOST 1024 /* of 1 << DRIFT_SHIFT: 1000 ppm, twice what NTP may slew */

/* The window's end: its smallest lag is the one to compare with from now on. */
static __always_inline void end_lag_window(struct ht_totals_cpu *here, __u64 clock)
{
	__u64 span, grown;
	bool falls;

	if (here->lag_min != ~0ULL) {
		here->lag_base = here->lag_min;
		here->lag_base_clock = here->lag_min_clock;
		span = here->lag_base_clock - here->lag_ref_clock;
		if (!here->lag_ref_clock) {
			here->lag_ref = here->lag_base;
			here->lag_ref_clock = here->lag_base_clock;
		} else if (span >= LAG_DRIFT_NS) {
			falls = here->lag_base < here->lag_ref;
			grown = falls ? here->lag_ref - here->lag_base : here->lag_base - here->lag_ref;
			grown = span >> DRIFT_SHIFT ? grown / (span >> DRIFT_SHIFT) : 0;
			if (grown < DRIFT_MOST)
				here->drift = falls ? -(__s64)grown : (__s64)grown;
			here->lag_ref = here->lag_base;
			here->lag_ref_clock = here->lag_base_clock;
		}
	}
	here->lag_min = ~0ULL;
	here->lag_window = clock;
}

/* At each switch; the dispatch time of one from idle, else 0. */
static __always_inline __u64 dispatch_time(struct ht_totals_cpu *here, __u64 clock, bool from_idle)
{
	__u64 lag, base, now;

	if (!clock || (!from_idle && clock - here->lag_sampled < LAG_SAMPLE_NS))
		return 0;
	now = bpf_ktime_get_ns();
	lag = now - clock;
	if (!from_idle)
		here->lag_sampled = clock;
	if (clock - here->lag_window >= LAG_WINDOW_NS)
		end_lag_window(here, clock);
	if (lag < here->lag_min) {
		here->lag_min = lag;
		here->lag_min_clock = clock;
	}
	if (!from_idle || !here->lag_base_clock)
		return 0;
	/* A shift of a negative number rounds down. */
	base = here->lag_base + ((here->drift * (__s64)((now - here->lag_base - here->lag_base_clock) >> 10)) >> (DRIFT_SHIFT - 10));
	if (here->lag_min < base)
		base = here->lag_min;
	if (lag < base + LAG_LEAST_NS || lag - base > LAG_MOST_NS)
		return 0;
	return lag - base;
}

#endif
