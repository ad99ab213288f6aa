/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the block requests that are under way, by the address of their struct request. The
 * kernel keeps those addresses for the next requests of the device, so an entry that was left behind is
 * overwritten when its address is used again.
 */
#ifndef HT_DISK_REQUEST_BPF_H
#define HT_DISK_REQUEST_BPF_H

#include "emit.bpf.h"
#include "filter.bpf.h"
#include "kernel_memory.bpf.h"

#define DISK_MINOR_BITS 20 /* include/linux/kdev_t.h */

/* Requests under way. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader: HT_DISK_REQUESTS */
	__type(key, __u64);
	__type(value, struct ht_disk);
} disk_requests __weak SEC(".maps");

/* How many entries disk_requests has, by a hash of their keys: where none is, nothing is looked up. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: HT_DISK_BUCKETS */
	__type(key, __u32);
	__type(value, __u64);
} disk_open __weak SEC(".maps");

/* Device → the last request that asked for a flush: whom the kernel's flush request is for. */
struct disk_flusher {
	__u64 serial;
	__u64 upper;
	__u64 cgroup_id;
	__u32 tid;
	__u16 flags;
	__u16 cpu;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1); /* the loader: HT_DISK_DEVICES */
	__type(key, __u32);
	__type(value, struct disk_flusher);
} disk_flushers __weak SEC(".maps");

/* A bitmap by a hash of the file: has the target dirtied it? Kernel threads write it for the target. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: HT_TOUCHED_BITS / 64 when there is a filter */
	__type(key, __u32);
	__type(value, __u64);
} dirtied_files __weak SEC(".maps");

static __always_inline __u32 dirtied_bit(__u64 hash)
{
	return (__u32)(hash >> 14) % HT_TOUCHED_BITS;
}

/*
 * The request whose end this CPU reports right now: between block_rq_complete and block_io_done the
 * kernel ends its bios, and whoever it wakes slept for that request. A waking by an interrupt that came
 * in between is another's, so the level of interrupts must be the same.
 */
struct disk_bracket {
	__u64 serial; /* 0 = of a request that is not recorded */
	__u32 tid;    /* the task that runs meanwhile */
	__u8 context; /* HT_CONTEXT_* */
	__u8 open;
	__u8 bio_context;
	__u8 pad;
	/* The same of a bio of a device without requests: nothing reports that all of its end is done. */
	__u64 bio_serial; /* 0 = none */
	__u32 bio_tid;
	__u32 bio_owner; /* who asked for it: others are not taken to have slept for it */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct disk_bracket);
} disk_brackets __weak SEC(".maps");

static __always_inline struct disk_bracket *this_bracket(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&disk_brackets, &zero);
}

/*
 * The verifier computes with no pointer that it knows, but takes the negative of one for any number
 * (check_alu_op(), kernel/bpf/verifier.c; for who has CAP_PERFMON).
 */
static __always_inline __u64 number_of(__u64 pointer)
{
	asm volatile("%[at] = -%[at]\n\t"
		     "%[at] = -%[at]"
		     : [at] "+r"(pointer));
	return pointer;
}

static __always_inline __u64 *open_of(__u64 key)
{
	__u32 bucket = (number_of(key) * 0x9e3779b97f4a7c15ULL >> 32) % HT_DISK_BUCKETS;

	return bpf_map_lookup_elem(&disk_open, &bucket);
}

static __always_inline void count_open(__u64 key, __s64 change)
{
	__u64 *open = open_of(key);

	if (open)
		__sync_fetch_and_add(open, change);
}

static __always_inline bool may_be_open(__u64 key)
{
	__u64 *open = open_of(key);

	return open && *open;
}

static __always_inline struct ht_disk *find_request(__u64 key)
{
	return may_be_open(key) ? bpf_map_lookup_elem(&disk_requests, &key) : 0;
}

static __always_inline void keep_request(__u64 key, const struct ht_disk *request)
{
	/* Over one that was left behind, the number stays the same. */
	if (!bpf_map_update_elem(&disk_requests, &key, request, BPF_NOEXIST))
		count_open(key, 1);
	else if (bpf_map_update_elem(&disk_requests, &key, request, BPF_ANY))
		count_full_map();
}

static __always_inline void drop_request(__u64 key)
{
	if (!bpf_map_delete_elem(&disk_requests, &key))
		count_open(key, -1);
}

static __always_inline void drop_request_if_any(__u64 key)
{
	if (may_be_open(key))
		drop_request(key);
}

/* Without block_io_start a request is known by its first bio at first; `otherwise` where that is not known. */
static __always_inline struct ht_disk *take_from_bio(struct request *rq, struct ht_disk *otherwise)
{
	__u64 bio = (__u64)rq->bio;
	struct ht_disk *of_bio = bio ? find_request(bio) : 0;

	if (!of_bio)
		return otherwise;
	keep_request((__u64)rq, of_bio);
	drop_request(bio);
	return find_request((__u64)rq);
}

/* Unique: a CPU does not make two requests in the same nanosecond. */
static __always_inline __u64 serial_of(__u64 start_ns)
{
	return start_ns << 10 | (bpf_get_smp_processor_id() & 0x3ff);
}

static __always_inline __u32 disk_dev(struct gendisk *disk)
{
	if (!disk)
		return 0;
	return load_field(disk, major) << DISK_MINOR_BITS | load_field(disk, first_minor);
}

/* enum req_op, include/linux/blk_types.h: the same numbers since 4.8 */
#define OP_MASK 0xff
#define OP_READ 0
#define OP_WRITE 1
#define OP_FLUSH 2
#define OP_DISCARD 3
#define OP_SECURE_ERASE 5

static __always_inline __u8 disk_op(__u32 cmd_flags)
{
	switch (cmd_flags & OP_MASK) {
	case OP_READ:
		return HT_DISK_READ;
	case OP_WRITE:
		return HT_DISK_WRITE;
	case OP_FLUSH:
		return HT_DISK_FLUSH;
	case OP_DISCARD:
	case OP_SECURE_ERASE:
		return HT_DISK_DISCARD;
	default:
		return HT_DISK_OTHER;
	}
}

#define req_flag(cmd_flags, NAME) \
	((cmd_flags) >> bpf_core_enum_value(enum req_flag_bits, __REQ_##NAME) & 1)

static __always_inline __u16 disk_flags(__u32 cmd_flags)
{
	__u16 flags = 0;

	if (req_flag(cmd_flags, SYNC))
		flags |= HT_REQ_SYNC;
	if (req_flag(cmd_flags, META))
		flags |= HT_REQ_META;
	if (req_flag(cmd_flags, RAHEAD))
		flags |= HT_REQ_AHEAD;
	if (req_flag(cmd_flags, SWAP))
		flags |= HT_REQ_SWAP;
	if (req_flag(cmd_flags, FUA))
		flags |= HT_REQ_FUA;
	if (req_flag(cmd_flags, PREFLUSH))
		flags |= HT_REQ_PREFLUSH;
	return flags;
}

#endif
