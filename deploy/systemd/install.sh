#!/bin/sh
# Installs the wallet balance exporter as a service of systemd, or a newer version of it.
# Safe to run again: what you configured stays as it is.
#
#   sudo ./install.sh [BINARY]      BINARY: ./wallet-balance-exporter beside this folder, unless given
#
# With DESTDIR set, files go below that folder and systemd is not spoken to: for packages.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
name=wallet-balance-exporter
binary=${1:-$here/../$name}
case $binary in
  /*) ;;
  *) binary=$PWD/$binary ;;
esac
root=${DESTDIR:-}
config=$root/etc/$name
units=$root/etc/systemd/system

say() { echo "$*"; }
fail() {
  echo "install.sh: $*" >&2
  exit 1
}

[ -f "$binary" ] || fail "There is no binary $binary. Name it: install.sh PATH"
if [ -z "$root" ]; then
  [ -x "$binary" ] || fail "$binary is no program yet: chmod +x $binary"
  "$binary" version >/dev/null || fail "$binary does not run on this machine. Is it the one of this processor?"
  [ "$(id -u)" = 0 ] || fail "Only root can install a service. Run it with sudo"
  systemd=$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  [ "${systemd:-0}" -ge 247 ] || fail "It needs systemd 247 or newer, here is ${systemd:-none}"
  [ -d /run/systemd/system ] || fail "systemd is installed, but it does not run this machine (a container?). Start the program itself, or set DESTDIR to install the files alone"
fi

# Copied beside its place and then renamed: one that runs cannot be written to, and is never half there.
place() { # place MODE FROM TO
  install -D -m "$1" "$2" "$3.new"
  mv -f "$3.new" "$3"
}

mkdir -p "$config"
chmod 0700 "$config"
place 0755 "$binary" "$root/usr/local/bin/$name"
place 0755 "$here/renew.sh" "$root/usr/local/lib/$name/renew.sh"
for unit in $name.service $name.path $name-renew.service; do
  place 0644 "$here/$unit" "$units/$unit"
done
[ -e "$config/environment" ] || place 0600 "$here/environment.example" "$config/environment"
if [ -n "$root" ]; then
  say "Installed below $root"
  exit 0
fi
say "Installed $("/usr/local/bin/$name" version)"

systemctl daemon-reload
if [ ! -e "$config/config" ]; then
  # One whose configuration is elsewhere, by a drop-in, gets the newer version all the same.
  if systemctl --quiet is-active $name.service; then
    systemctl restart $name.service
    exit 0
  fi
  say "Write the configuration to $config/config, as $config belongs to root alone, and run this again."
  exit 0
fi
chmod 0600 "$config/config"
# Checks it with systemd's own reading of the settings, and restarts what runs already.
began=$(date +%s)
if ! systemctl start $name-renew.service; then
  journalctl --unit=$name-renew.service --since="@$began" --output=cat --no-pager >&2
  fail "Nothing was started or restarted, for the reason above"
fi
# The program itself may be another one now.
systemctl try-restart $name.service
systemctl enable --now --quiet $name.path $name.service
systemctl --no-pager --lines=0 status $name.service
