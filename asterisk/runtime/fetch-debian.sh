#!/usr/bin/env bash
# Unpacks Debian packages with everything they depend on, libc included, into a folder of their own, and writes a
# wrapper for each program that starts it under that folder's own loader. The host's packages are never touched, root
# is not needed, and the archive's signature is verified by apt.
#
#   fetch-debian.sh SPEC DEST
#
# SPEC lists, one a line: "suite NAME" (or "suite host": this machine's own release), "package NAME", "program NAME
# PATH-IN-TREE", and "hosted NAME PATH-IN-TREE" for a program that starts itself again and so needs the host's loader.
# DEST/bin then holds the wrappers.
# The mirror is $CP_DEBIAN_MIRROR, else the one that this machine's apt uses.
# Prints one line a step; on failure the last line of stderr is "error: " and one sentence, and DEST is as before.
set -euo pipefail
export LC_ALL=C

readonly NEEDED_MB=600
readonly LAYOUT=2 # raise it when the shape of DEST changes: every cached tree is then made anew

say() { printf '%s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# --- what is asked for -------------------------------------------------------------------------------------------

read_spec() {
  local word name path
  [ -r "$1" ] || die "The package list $1 can't be read."
  while read -r word name path; do
    case "$word" in
      suite) suite=$name ;;
      package) packages+=("$name") ;;
      program) programs+=("$name=$path") ;;
      hosted) hosted+=("$name=$path") ;;
      '' | '#'*) ;;
      *) die "The package list $1 has an unknown word: $word." ;;
    esac
  done <"$1"
  # shellcheck source=/dev/null
  if [ "$suite" = host ]; then suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-stable}"); fi
  if [ -z "$suite" ] || [ ${#packages[@]} -eq 0 ]; then die "The package list $1 names no suite or no package."; fi
}

check_host() {
  local tool
  for tool in apt-get apt-config dpkg-deb dpkg; do
    command -v "$tool" >/dev/null || die "This machine has no $tool: fetching Debian packages works on Debian and its kin only."
  done
  arch=$(dpkg --print-architecture)
  case "$arch" in
    amd64) triplet=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
    arm64) triplet=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
    *) die "The architecture $arch is not supported: only amd64 and arm64 are." ;;
  esac
  keyring=${CP_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
  [ -r "$keyring" ] || die "The keyring $keyring is missing: install the package debian-archive-keyring."
}

check_space() {
  local free
  free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$NEEDED_MB" ] || die "$1 has $free MB free, and $NEEDED_MB MB are needed."
}

# The archive that serves this machine's own release. Reads sources.list and deb822 files alike, through apt.
find_mirror() {
  local codename
  mirror=${CP_DEBIAN_MIRROR:-}
  [ -z "$mirror" ] || return 0
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  # shellcheck disable=SC2016 # apt expands these, not the shell
  mirror=$(apt-get indextargets --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -v codename="$codename" '$1 == "main" && ($2 == codename || $2 ~ /^(stable|testing|unstable|sid)$/) { print $3; exit }')
  [ -n "$mirror" ] || die "No Debian mirror is found in this machine's apt configuration: set CP_DEBIAN_MIRROR."
}

# --- fetching ----------------------------------------------------------------------------------------------------

# An apt of our own: empty package state, so that the whole closure is fetched. Of the host's settings it takes over
# only how to reach a server (proxies, time-outs), not its hooks.
write_apt_conf() {
  mkdir -p "$work"/{lists/partial,state,debs/partial,dpkg,root}
  : >"$work/dpkg/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$work/sources.list"
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv4|ForceIPv6)' >"$work/apt.conf" || true
  # Check-Valid-Until: a testing suite's Release file expires within days, so a mirror's snapshot or a wrong clock
  # would stop us. The signature is still required.
  cat >>"$work/apt.conf" <<CONF
Dir::State "$work/state";
Dir::State::Lists "$work/lists";
Dir::State::status "$work/dpkg/status";
Dir::Cache "$work";
Dir::Cache::archives "$work/debs";
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Install-Recommends "0";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::AllowInsecureRepositories "0";
CONF
  export APT_CONFIG=$work/apt.conf
}

run_apt() { apt-get -q -y -o Debug::NoLocking=1 "$@" >"$work/log" 2>&1; }

explain_apt_failure() {
  if grep -qE 'NO_PUBKEY|BADSIG|EXPKEYSIG|not signed|signatures? (were|was|couldn.t|is) ?(invalid|be verified)?' "$work/log"; then
    die "The signature of $mirror $suite is not good by $keyring: nothing was taken from it."
  elif grep -qE 'Could not resolve|Could not connect|Cannot initiate|Unable to connect|timed out|Network is unreachable' "$work/log"; then
    die "The Debian mirror $mirror can't be reached: check the network, or set CP_DEBIAN_MIRROR."
  elif grep -qE '404|does not have a Release file' "$work/log"; then
    die "The mirror $mirror has no suite $suite: set CP_DEBIAN_MIRROR to one that has it."
  elif grep -qE 'No space left|not enough free space' "$work/log"; then
    die "There is no space left in $work."
  elif grep -qE 'Hash Sum mismatch' "$work/log"; then
    die "The mirror $mirror sent damaged files: try again."
  fi
  die "apt failed: $(grep -E '^[EW]: ' "$work/log" | head -n 1 | cut -c 4-)"
}

fetch() {
  say "reading the package list of $suite"
  run_apt update || explain_apt_failure
  say "downloading ${packages[*]} and what they need"
  run_apt -d install "${packages[@]}" || explain_apt_failure
}

unpack() {
  local debs=("$work"/debs/*.deb)
  say "unpacking ${#debs[@]} packages"
  printf '%s\0' "${debs[@]}" | xargs -0 -P "$(nproc)" -I '{}' dpkg-deb -x '{}' "$work/root" ||
    die "The packages could not be unpacked in $work."
  rm -rf "$work"/root/usr/share/{doc,man,locale,bug,lintian}
  chmod -R u+rwX,go=rX "$work/root" # some packages keep their configuration from other users
}

write_wrappers() {
  local program
  mkdir "$work/bin"
  for program in "${programs[@]}"; do
    [ -x "$work/root/${program#*=}" ] || die "The packages hold no program ${program#*=}."
    cat >"$work/bin/${program%%=*}" <<WRAPPER
#!/bin/sh
# Starts the program under its own tree's loader, so that the host's libraries don't matter.
tree=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
lib=\$tree/root/usr/lib/$triplet
exec "\$lib/$loader" --argv0 "${program%%=*}" --library-path "\$lib:\$tree/root/usr/lib" "\$tree/root/${program#*=}" "\$@"
WRAPPER
    chmod 755 "$work/bin/${program%%=*}"
  done
}

# The host's libc is of the same release; a second one beside it would not fit its loader.
write_hosted_wrappers() {
  local program
  if [ ${#hosted[@]} -eq 0 ]; then return; fi
  find "$work/root" -path "*lib/$triplet/*" \( -name 'ld-linux*' -o -name 'lib[cm].so.6' -o -name 'libpthread.so.0' \
    -o -name 'libdl.so.2' -o -name 'librt.so.1' -o -name 'libresolv.so.2' -o -name 'libmvec.so.1' \) -delete
  for program in "${hosted[@]}"; do
    [ -x "$work/root/${program#*=}" ] || die "The packages hold no program ${program#*=}."
    cat >"$work/bin/${program%%=*}" <<WRAPPER
#!/bin/sh
# Starts the program with the libraries and fonts of its own tree, under the host's loader.
tree=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")/root
lib=\$tree/usr/lib/$triplet
export LD_LIBRARY_PATH="\$lib:\$lib/pulseaudio:\$tree/lib/$triplet" XDG_DATA_HOME="\$tree/usr/share"
export FONTCONFIG_PATH="\$tree/etc/fonts"
exec "\$tree/${program#*=}" "\$@"
WRAPPER
    chmod 755 "$work/bin/${program%%=*}"
  done
}

# --- main --------------------------------------------------------------------------------------------------------

[ $# -eq 2 ] || die "Usage: fetch-debian.sh SPEC DEST."
suite='' packages=() programs=() hosted=()
read_spec "$1"
check_host
umask 022
mkdir -p "$(dirname "$2")" 2>/dev/null || die "The folder $(dirname "$2") can't be made."
dest=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
stamp=$(printf '%s\n' "$LAYOUT" "$arch" "$suite" "${packages[@]}" "${programs[@]}" "${hosted[@]}" | sha256sum | cut -c 1-16)
complete() { [ "$(cat "$dest/.complete" 2>/dev/null)" = "$stamp" ]; }

if complete; then exit 0; fi
exec 9>"$dest.lock" || die "The folder $(dirname "$dest") can't be written."
flock -n 9 || {
  say "waiting for another fetch into $dest"
  flock -w 900 9 || die "Another fetch into $dest did not end within 15 minutes."
}
if complete; then exit 0; fi # the other one did our work

check_space "$(dirname "$dest")"
find_mirror
work=$dest.part
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
write_apt_conf
fetch
unpack
write_wrappers
write_hosted_wrappers
rm -rf "$work"/{lists,state,debs,dpkg,apt.conf,sources.list,log} "$work"/*.bin
printf '%s\n' "$stamp" >"$work/.complete"
# A tree of an older list may be in use: its programs keep what they have open, and find the rest in the new tree.
rm -rf "$dest.old"
if [ -e "$dest" ]; then mv "$dest" "$dest.old"; fi
mv "$work" "$dest"
rm -rf "$dest.old"
say "ready: $dest"
