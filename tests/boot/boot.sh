#!/bin/bash
# Boots systemd as process 1 in separate namespaces, on an overlay of this machine's files in memory. Changes are lost
# when it stops. Usage: boot.sh FOLDER, which is copied to /opt/release.
set -eu
release=$1
root=/run/wallet-balance-exporter-boot
mkdir -p "$root"
mount -t tmpfs tmpfs "$root"
mkdir "$root/upper" "$root/work" "$root/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$root/upper,workdir=$root/work" "$root/root"
cp -r "$release" "$root/root/opt/release"
cd "$root/root"
mount -t proc proc proc
mount -t tmpfs tmpfs run
mount --rbind /dev dev
mount --rbind /sys sys
mkdir -p .before
# Not chroot, in which processes cannot create user namespaces.
pivot_root . .before
umount -l /.before
# systemd passes credentials by propagated mounts.
mount --make-rshared /
exec env -i container=other PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=basic.target
