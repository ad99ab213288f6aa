/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an open file is: a path, a pipe, a socket with its addresses, an eventfd, and so on. It is
 * recorded once per object, and again about once a minute (named_files, file.bpf.h).
 */
#ifndef HT_WHY_OBJECT_BPF_H
#define HT_WHY_OBJECT_BPF_H

#include "file.bpf.h"
#include "kernel_memory.bpf.h"
#include "open_file.bpf.h"

#define S_IFMT 0170000 /* include/uapi/linux/stat.h */
#define S_IFIFO 0010000
#define S_IFSOCK 0140000
#define ANON_INODE_FS_MAGIC 0x09041934 /* include/uapi/linux/magic.h */
#define PID_FS_MAGIC 0x50494446
#define PIPEFS_MAGIC 0x50495045
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10

#define KNOWN_OBJECTS 16 /* a power of two */

/* Scratch memory of one recording, and what outlives it. */
struct ht_why_scratch {
	struct ht_sleep sleep;
	struct ht_file_key key;
	__u64 words[3]; /* of user memory */
	__u64 known[KNOWN_OBJECTS]; /* by their hash: found in named_files, which is farther away */
};

/* 0: for hooks, where preemption is off; 1: for an iterator, which can be preempted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct ht_why_scratch);
} why_scratch __weak SEC(".maps");

#define NAME_OBJECT_SALT 0x94d049bb133111ebULL

/*
 * The process at the other end: who connected, or listened. The two ends of a socketpair both have its
 * maker (init_peercred(), net/unix/af_unix.c), whoever uses them: then it is not known.
 */
static __always_inline __u32 unix_peer(struct sock *sock)
{
	struct unix_sock___peer *own = (void *)sock;
	struct pid *pid = BPF_CORE_READ(sock, sk_peer_pid);

	if (!pid)
		return 0;
	if (bpf_core_field_exists(own->peer) && BPF_CORE_READ(own, peer, sk_peer_pid) == pid)
		return 0;
	return BPF_CORE_READ(pid, numbers[0].nr);
}

static __always_inline void fill_socket(struct ht_object *object, struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sock;
	__u32 address;

	if (!socket)
		return;
	sock = BPF_CORE_READ(socket, sk);
	if (!sock)
		return;
	object->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	object->state = BPF_CORE_READ(sock, __sk_common.skc_state);
	if (object->family == AF_UNIX) {
		object->protocol = BPF_CORE_READ(sock, sk_type);
		object->peer_pid = unix_peer(sock);
		return;
	}
	object->protocol = BPF_CORE_READ(sock, sk_protocol);
	if (object->family != AF_INET && object->family != AF_INET6)
		return;
	object->local_port = BPF_CORE_READ(sock, __sk_common.skc_num);
	object->remote_port = __builtin_bswap16(BPF_CORE_READ(sock, __sk_common.skc_dport));
	if (object->family == AF_INET) {
		address = BPF_CORE_READ(sock, __sk_common.skc_rcv_saddr);
		__builtin_memcpy(object->local, &address, sizeof(address));
		address = BPF_CORE_READ(sock, __sk_common.skc_daddr);
		__builtin_memcpy(object->remote, &address, sizeof(address));
	} else if (bpf_core_field_exists(sock->__sk_common.skc_v6_daddr)) {
		bpf_probe_read_kernel(object->local, sizeof(object->local),
				      (void *)sock + bpf_core_field_offset(
						struct sock, __sk_common.skc_v6_rcv_saddr));
		bpf_probe_read_kernel(object->remote, sizeof(object->remote),
				      (void *)sock + bpf_core_field_offset(
						struct sock, __sk_common.skc_v6_daddr));
	}
}

/* Addresses, as in struct file_place. */
struct object_place {
	__u64 inode;
	__u64 file;
};

/*
 * The kind of the object; 0 when the ring is full. Global, as emit_file_at() is: it runs once per object
 * and minute, and is called at three places.
 */
__weak __noinline int emit_object(const struct object_place *at, const struct ht_file_key *key,
				  __u64 hash, __u64 now)
{
	struct inode *inode;
	struct file *file;
	struct ht_object *object;
	struct super_block *sb;
	struct dentry *dentry;
	struct emitter e;
	__u16 type;

	if (!at || !key)
		return 0;
	inode = (void *)at->inode;
	file = (void *)at->file;
	object = EMIT_BEGIN_AT(&e, OBJECT, (__u32)bpf_get_current_pid_tgid(), now);
	if (!object)
		return 0;
	__builtin_memset((void *)object + sizeof(object->head), 0,
			 sizeof(*object) - sizeof(object->head));
	sb = BPF_CORE_READ(inode, i_sb);
	type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
	object->object = hash;
	object->file = *key;
	if (type == S_IFIFO) {
		object->kind = BPF_CORE_READ(sb, s_magic) == PIPEFS_MAGIC ? HT_OBJECT_PIPE :
									    HT_OBJECT_FIFO;
	} else if (type == S_IFSOCK) {
		object->kind = HT_OBJECT_SOCKET;
		fill_socket(object, file);
	} else if (BPF_CORE_READ(sb, s_magic) == ANON_INODE_FS_MAGIC) {
		object->kind = HT_OBJECT_EVENT;
		dentry = BPF_CORE_READ(file, f_path.dentry);
		bpf_probe_read_kernel_str(object->name, sizeof(object->name),
					  BPF_CORE_READ(dentry, d_name.name));
	} else if (BPF_CORE_READ(sb, s_magic) == PID_FS_MAGIC) {
		object->kind = HT_OBJECT_EVENT;
		__builtin_memcpy(object->name, "[pidfd]", 8);
	} else {
		object->kind = HT_OBJECT_FILE;
	}
	type = object->kind;
	EMIT_END(&e, object);
	return type;
}

/*
 * The object of an open file, or, without `file`, of an inode with a path; it is recorded when it is
 * new. Its key is in scratch memory: the stack of sched_switch's program is nearly full.
 */
static __always_inline __u64 object_of(struct inode *inode, struct file *file,
				       struct ht_why_scratch *scratch, __u64 now)
{
	struct object_place at = {(__u64)inode, (__u64)file};
	struct ht_file_key *key = &scratch->key;
	struct super_block *sb;
	__u64 hash, named, *known, *place;
	int kind;

	if (!inode)
		return 0;
	FILL_FILE_KEY_BY(load_field, key, inode);
	sb = load_field(inode, i_sb);
	hash = hash_file(key);
	/* Anonymous files share one inode. */
	if (load_field(sb, s_magic) == ANON_INODE_FS_MAGIC)
		hash = (hash ^ (__u64)file * 0x9e3779b97f4a7c15ULL) | 1;
	named = hash + (now >> NAME_EPOCH_SHIFT) + NAME_OBJECT_SALT;
	known = &scratch->known[hash >> 8 & (KNOWN_OBJECTS - 1)];
	if (*known == named)
		return hash;
	place = place_to_name(hash, named);
	if (!place) {
		*known = named;
		return hash;
	}
	kind = emit_object(&at, key, hash, now);
	if (kind)
		*place = named;
	/* Not in emit_object(): only one of the two needs stack at a time. */
	if (kind != HT_OBJECT_FILE && kind != HT_OBJECT_FIFO)
		return hash;
	if (file)
		name_open_file(file, key, 0, now);
	else
		name_file(inode, key, hash, now);
	return hash;
}

#endif
