/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file a bio reads or writes.
 *
 *  - A direct I/O has the pages of a user, which can be a mapping of another file: their mapping is never
 *    looked at. iomap (ext4, xfs, f2fs and others) points to the file from bi_private.
 *  - A bio that was split has the original one in bi_private (bio_chain()).
 *  - btrfs puts the inode before the bio (struct btrfs_bio): the pages of compressed data and of direct
 *    I/O have no mapping.
 *  - A bio that dm or md made for the device below is of the file of the bio above (layers.bpf.h).
 *  - Otherwise the page's mapping is the file's. That of a block device's own pages is the device: its
 *    file system's metadata, or somebody who reads the device itself.
 */
#ifndef HT_DISK_BIO_BPF_H
#define HT_DISK_BIO_BPF_H

#include "disk/layers.bpf.h"
#include "disk/request.bpf.h"
#include "file.bpf.h"

#define S_IFMT 0170000 /* include/uapi/linux/stat.h */
#define S_IFBLK 0060000
#define PAGE_MAPPING_ANON 1 /* include/linux/page-flags.h: the low bits of page.mapping */
#define PAGE_MAPPING_FLAGS 3
/*
 * BIO_PAGE_PINNED: the pages are a user's. Before "block: add BIO_PAGE_PINNED" (6.5) the same bit was
 * BIO_NO_PAGE_REF, set for direct I/O only too.
 */
#define BIO_OF_USER_PAGES 1

/*
 * A callback of bpf_loop() cannot use load_field(): the loader replaces marks in a program's own
 * instructions only (unpreempted.bpf.h). `probing` is a constant.
 */
#define read_field(probing, pointer, field) \
	((probing) ? BPF_CORE_READ(pointer, field) : load_field(pointer, field))

static __always_inline __u64 read_word_by(bool probing, __u64 address)
{
	__u64 word = 0;

	if (!probing)
		return read_word(address);
	bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
	return word;
}

struct bio_file {
	struct ht_file_key key;
	__u64 offset;
	struct inode *inode; /* 0 = no file */
	__u64 above;	     /* the bio of the topmost device, when the bio is a part of one */
	__u64 iocb;	     /* the direct I/O that it is for; 0 = none is known */
	__u8 kind;
	__u8 direct;
	__u8 pad[6];
};

/*
 * The first page of the folio. From 7.x on the link can be a mask instead of a pointer ("mm: rework
 * compound_head() for power-of-2 sizeof(struct page)"): a pointer to kernel memory is never as close to
 * the end of the address space as a mask of at most a gigabyte of struct pages.
 */
static __always_inline __u64 head_of_page(__u64 page, bool probing)
{
	__u64 link = has_page_head() ? read_word_by(probing, page + page_head_offset()) : 0;

	if (!(link & 1))
		return page;
	link--;
	return link >> 32 == 0xffffffff ? page & link : link;
}

static __always_inline void fill_inode(struct bio_file *to, struct inode *inode, bool probing)
{
	if (!inode)
		return;
	if (probing)
		FILL_FILE_KEY_BY(BPF_CORE_READ, &to->key, inode);
	else
		FILL_FILE_KEY_BY(load_field, &to->key, inode);
	to->inode = inode;
	to->kind = (read_field(probing, inode, i_mode) & S_IFMT) == S_IFBLK ? HT_DISK_OF_DEVICE :
								     HT_DISK_OF_FILE;
}

static __always_inline void fill_from_page(struct bio_file *to, struct bio *bio, bool probing)
{
	__u32 index = read_field(probing, bio, bi_iter.bi_idx);
	__u64 vector = (__u64)read_field(probing, bio, bi_io_vec), page, head, mapping;

	if (!vector)
		return;
	vector += (__u64)index * bpf_core_type_size(struct bio_vec);
	page = read_word_by(probing, vector + bpf_core_field_offset(struct bio_vec, bv_page));
	if (!page)
		return;
	head = head_of_page(page, probing);
	mapping = read_word_by(probing, head + bpf_core_field_offset(struct folio, mapping));
	if (mapping & PAGE_MAPPING_ANON) {
		to->kind = HT_DISK_OF_SWAP;
		return;
	}
	if (!mapping || mapping & PAGE_MAPPING_FLAGS)
		return;
	fill_inode(to, read_field(probing, (struct address_space *)mapping, host), probing);
	to->offset = (read_word_by(probing, head + bpf_core_field_offset(struct folio, index)) +
		      (page - head) / bpf_core_type_size(struct page))
		     << settings.page_shift;
	/* A vector has many pages, and a bio that was split begins in the midst of one. */
	to->offset += read_field(probing, (struct bio_vec *)vector, bv_offset);
	if (bpf_core_field_exists(bio->bi_iter.bi_bvec_done))
		to->offset += read_field(probing, bio, bi_iter.bi_bvec_done);
	else if (bpf_core_field_exists(bio->bi_iter.bi_offset))
		to->offset += read_field(probing, bio, bi_iter.bi_offset);
}

/* struct btrfs_bio around the bio: live/disk_facts.hpp has found where. */
static __always_inline bool fill_from_btrfs(struct bio_file *to, __u64 bio, __u64 end_io,
					    bool probing)
{
	__u64 own, inode;

	if (!settings.btrfs_end_io || end_io != settings.btrfs_end_io)
		return false;
	own = bio - settings.btrfs_bio;
	inode = read_word_by(probing, own + settings.btrfs_bio_inode);
	if (!inode)
		return false;
	fill_inode(to, (struct inode *)(inode + settings.btrfs_vfs_inode), probing);
	to->offset = read_word_by(probing, own + settings.btrfs_bio_offset);
	return true;
}

static __always_inline void fill_bio_file(struct bio_file *to, struct bio *first, __u32 cmd_flags,
					  bool probing)
{
	struct bio *bio;
	struct file *file;
	__u64 end_io, iocb;

	__builtin_memset(to, 0, sizeof(*to));
	to->offset = HT_UNKNOWN_NS;
	if (settings.disk_layers) {
		to->above = topmost_bio(number_of((__u64)first));
		if (to->above)
			first = (struct bio *)to->above;
	}
	bio = first;
	end_io = (__u64)read_field(probing, first, bi_end_io);
	if (settings.bio_chain_end_io && end_io == settings.bio_chain_end_io) {
		bio = (struct bio *)read_field(probing, first, bi_private);
		if (!bio)
			return;
		end_io = (__u64)read_field(probing, bio, bi_end_io);
	}
	if (settings.iomap_end_io && end_io == settings.iomap_end_io) {
		to->direct = 1;
		iocb = read_word_by(probing, (__u64)read_field(probing, bio, bi_private) +
				 bpf_core_field_offset(struct iomap_dio, iocb));
		if (!iocb)
			return;
		to->iocb = iocb;
		file = (struct file *)read_word_by(probing, iocb + bpf_core_field_offset(struct kiocb, ki_filp));
		if (file)
			fill_inode(to, read_field(probing, file, f_inode), probing);
		return;
	}
	if (read_field(probing, first, bi_flags) & BIO_OF_USER_PAGES)
		to->direct = 1;
	if (fill_from_btrfs(to, (__u64)bio, end_io, probing))
		return;
	if (to->direct) {
		to->kind = HT_DISK_OF_DEVICE;
		return;
	}
	if (!read_field(probing, first, bi_iter.bi_size))
		return;
	if (req_flag(cmd_flags, SWAP)) {
		to->kind = HT_DISK_OF_SWAP;
		return;
	}
	fill_from_page(to, first, probing);
	/* User memory in a bio that is no swapping: direct I/O on the device itself, before 6.5. */
	if (to->kind == HT_DISK_OF_SWAP) {
		to->kind = HT_DISK_OF_DEVICE;
		to->direct = 1;
	}
}

#endif
