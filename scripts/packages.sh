# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # sourced by setup.sh
# The one list of Debian packages: what each step needs.

packages_run=(
  # the build
  cmake ninja-build g++ pkg-config python3
  # the BPF side: a compiler for it, what makes the skeleton, and what packs the object
  clang bpftool zstd
  # libraries
  libbpf-dev libdw-dev libelf-dev zlib1g-dev libzstd-dev libsystemd-dev libfmt-dev libcli11-dev
  nlohmann-json3-dev libncurses-dev libmicrohttpd-dev prometheus-cpp-dev
  # man pages and shell completion, for cmake --install
  scdoc
)

packages_test=(
  "${packages_run[@]}"
  libgtest-dev libgmock-dev libclang-rt-dev
  # links a program with the sanitizers in a second; ld takes half a minute
  lld
  # other kernels, emulated: what boots them, and what makes their initial file systems
  qemu-system-x86 cpio kmod xz-utils debian-archive-keyring mmdebstrap
  # checks
  clang-format clang-tidy shellcheck
  # man pages and completion: what reads them
  mandoc zsh fish
  # live tests: programs that they start, users and namespaces that they change into, file systems
  procps util-linux util-linux-extra e2fsprogs btrfs-progs xfsprogs dmsetup mdadm libcap2-bin make gcc libc6-dev python3-pandas
  stress-ng
  # live tests of top: a terminal that a program types into
  tmux
  # tests of exports: the page is used in a browser
  chromium chromium-driver
)

# To build the Debian package; what the package itself asks for is in debian/control.
packages_package=(
  "${packages_run[@]}"
  build-essential debhelper lintian
)

# Only for `scripts/vm.sh cross` and guests of arm64; not installed otherwise.
packages_cross=(
  g++-aarch64-linux-gnu qemu-system-arm mmdebstrap debian-archive-keyring
)
