# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# The machines that guests run on, one function per architecture. Each fills the array
# `machine` with QEMU's command and sets the guest's names of its serial ports, in the order
# console, output, status.

accelerator() { # SMP
  local accel=${HOODTRACE_VM_ACCEL:-tcg}
  # QEMU 7.2 panics guests now and then when several emulation threads run a kernel that
  # patches its own text. One thread for all virtual CPUs is slower and right.
  if [[ $accel == tcg ]] && (($1 > 1)); then accel=tcg,thread=single; fi
  printf '%s' "$accel"
}

machine_amd64() { # SMP RUN_DIR
  need qemu-system-x86_64 qemu-system-x86
  machine=(qemu-system-x86_64 -M q35 -cpu max -accel "$(accelerator "$1")"
    -serial "file:$2/console" -serial "file:$2/output" -serial "file:$2/status")
  serial_ports=(ttyS0 ttyS1 ttyS2)
}

machine_arm64() { # SMP RUN_DIR
  need qemu-system-aarch64 qemu-system-arm
  # Pointer authentication with the architected algorithm costs half of an emulated run.
  machine=(qemu-system-aarch64 -M virt -cpu "max,pauth-impdef=on" -accel "$(accelerator "$1")"
    -serial "file:$2/console"
    -chardev "file,id=output,path=$2/output" -device "pci-serial,chardev=output"
    -chardev "file,id=status,path=$2/status" -device "pci-serial,chardev=status")
  serial_ports=(ttyAMA0 ttyS0 ttyS1)
}
