#!/bin/sh
# Removes the service installed by install.sh. --purge also removes the configuration.
#
#   sudo ./uninstall.sh [--purge]
#
# With DESTDIR, files below that folder are removed, without systemd.
set -eu

name=wallet-balance-exporter
root=${DESTDIR:-}
case ${1:-} in
  '' | --purge) ;;
  *)
    echo "uninstall.sh: unknown argument $1. Usage: uninstall.sh [--purge]" >&2
    exit 2
    ;;
esac

if [ -z "$root" ]; then
  [ "$(id -u)" = 0 ] || {
    echo "uninstall.sh: Removing a service requires root. Run it with sudo" >&2
    exit 1
  }
  systemctl disable --now --quiet $name.path $name.service 2>/dev/null || true
fi
rm -f "$root/etc/systemd/system/$name.service" "$root/etc/systemd/system/$name.path" \
  "$root/etc/systemd/system/$name-renew.service" "$root/usr/local/bin/$name"
rm -rf "$root/usr/local/lib/${name:?}" "$root/var/lib/${name:?}" "$root/run/${name:?}-renew"
if [ "${1:-}" = --purge ]; then
  rm -rf "$root/etc/${name:?}"
  for unit in $name.service $name.path $name-renew.service; do
    rm -rf "$root/etc/systemd/system/${unit:?}.d"
  done
fi
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl reset-failed "$name*" 2>/dev/null || true
fi
if [ -e "$root/etc/$name" ]; then
  echo "Removed. The configuration is still in /etc/$name; use --purge to remove it."
else
  echo "Removed."
fi
