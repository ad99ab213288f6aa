/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host_bpf.h"

#include <stdlib.h>
#include <string.h>

__u32 host_cpu;
__u64 host_now_ns;

struct host_map {
	const void *map;
	char *values;
	__u32 value_bytes;
	__u32 entries;
};

#define MAPS 16
#define RECORDS 4096

static struct host_map maps[MAPS];
static void *records[RECORDS];
static __u32 submitted, taken, room = RECORDS, wakeups;

void host_register(const void *map, void *values, __u32 value_bytes, __u32 entries)
{
	int i;

	for (i = 0; i < MAPS; i++) {
		if (maps[i].map && maps[i].map != map)
			continue;
		maps[i].map = map;
		maps[i].values = values;
		maps[i].value_bytes = value_bytes;
		maps[i].entries = entries;
		return;
	}
	abort();
}

void *host_lookup(const void *map, const void *key)
{
	__u32 index;
	int i;

	memcpy(&index, key, sizeof(index));
	for (i = 0; i < MAPS; i++)
		if (maps[i].map == map)
			return index < maps[i].entries ?
				       maps[i].values + (size_t)index * maps[i].value_bytes :
				       0;
	return 0;
}

void host_set_room(__u32 number)
{
	while (host_take())
		;
	room = number;
	wakeups = 0;
}

void *host_reserve(void *ring, __u64 bytes)
{
	return ring && submitted - taken < room ? calloc(1, bytes) : 0;
}

void host_submit(void *record, __u64 flags)
{
	wakeups += flags == 2;
	records[submitted++ % RECORDS] = record;
}

void host_discard(void *record, __u64 flags)
{
	wakeups += flags == 2;
	free(record);
}

long host_output(void *ring, const void *data, __u64 bytes, __u64 flags)
{
	void *record = host_reserve(ring, bytes);

	if (!record)
		return -1;
	memcpy(record, data, bytes);
	host_submit(record, flags);
	return 0;
}

const void *host_take(void)
{
	static void *last;

	free(last);
	last = submitted == taken ? 0 : records[taken++ % RECORDS];
	return last;
}

__u32 host_wakeups(void)
{
	return wakeups;
}
