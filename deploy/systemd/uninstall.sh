#!/bin/sh
# Removes the service that install.sh installed. The configuration stays, unless told otherwise:
#
#   sudo ./uninstall.sh [--purge]
#
# With DESTDIR set, files below that folder are removed and systemd is not spoken to.
set -eu

name=wallet-balance-exporter
root=${DESTDIR:-}
case ${1:-} in
  '' | --purge) ;;
  *)
    echo "uninstall.sh: unknown argument $1, only --purge is known" >&2
    exit 2
    ;;
esac

if [ -z "$root" ]; then
  [ "$(id -u)" = 0 ] || {
    echo "uninstall.sh: Only root can remove a service. Run it with sudo" >&2
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
  echo "Removed. The configuration is still in /etc/$name; --purge removes it, too."
else
  echo "Removed."
fi
