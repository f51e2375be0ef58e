#!/bin/bash
# Starts systemd as process 1 of namespaces of its own, on this machine's files with a layer in
# memory above them: what it changes is gone with it. Its first argument is a folder to copy to /opt/release.
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
# A chroot would not do: processes in one may not have a user namespace of their own.
pivot_root . .before
umount -l /.before
# Credentials are handed over by mounts that travel.
mount --make-rshared /
exec env -i container=other PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=basic.target
