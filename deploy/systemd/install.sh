#!/bin/sh
# Installs or upgrades wallet-balance-exporter as a systemd service. Your configuration is not changed.
#
#   sudo ./install.sh [BINARY]      default: ../wallet-balance-exporter
#
# With DESTDIR, files are installed below that folder, without systemd: for packages.
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

[ -f "$binary" ] || fail "Binary not found: $binary. Usage: install.sh [BINARY]"
if [ -z "$root" ]; then
  [ -x "$binary" ] || fail "$binary is not executable. Run: chmod +x $binary"
  "$binary" version >/dev/null || fail "$binary does not run on this machine. Download the binary for its CPU ($(uname -m))"
  [ "$(id -u)" = 0 ] || fail "Installing a service requires root. Run it with sudo"
  systemd=$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  [ "${systemd:-0}" -ge 247 ] || fail "systemd 247 or newer is required, found: ${systemd:-none}"
  [ -d /run/systemd/system ] || fail "systemd is installed but not running (a container?). Start the binary directly, or set DESTDIR to install only the files"
fi

# Copies and then renames: a running binary cannot be overwritten, and files are never incomplete.
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
  # With its configuration elsewhere, by a drop-in, the service is upgraded as well.
  if systemctl --quiet is-active $name.service; then
    systemctl restart $name.service
    exit 0
  fi
  say "Write the configuration to $config/config as root, then run this script again."
  exit 0
fi
chmod 0600 "$config/config"
# Validates the configuration with the settings as systemd reads them, and restarts a running service.
started_at=$(date +%s)
if ! systemctl start $name-renew.service; then
  # Otherwise the last lines may be missing.
  journalctl --sync || true
  journalctl --unit=$name-renew.service --since="@$started_at" --output=cat --no-pager >&2
  fail "The service was not started or restarted, see the errors above"
fi
# The binary may have changed, even if the configuration did not.
systemctl try-restart $name.service
systemctl enable --now --quiet $name.path $name.service
systemctl --no-pager --lines=0 status $name.service
