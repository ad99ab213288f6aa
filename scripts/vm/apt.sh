# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# Downloads Debian packages with apt and a configuration of its own: the machine's
# package state is neither read nor changed, only its sources' base address, proxies
# and credentials are. Signatures are checked by apt as always.

readonly debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

apt_dir() { printf '%s/apt/%s' "$cache" "$1"; }

# mirror_bases: prints the base addresses of the archive and of its security updates.
mirror_bases() {
  local known base security
  # shellcheck disable=SC2016 # apt's own placeholder
  known=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' \
    'Created-By: Packages' 2>/dev/null | sort -u) || known=
  base=${HOODTRACE_VM_MIRROR:-$(grep -m1 -E '/debian/?$' <<<"$known" || true)}
  [[ -n $base ]] || return 1
  base=${base%/}
  security=$(grep -m1 -E '/debian-security/?$' <<<"$known" || true)
  [[ -n $security && -z ${HOODTRACE_VM_MIRROR:-} ]] || security=${base%/debian}/debian-security
  printf '%s\n%s\n' "$base" "${security%/}"
}

# apt_configure ARCH SUITE...: writes the private configuration, for these suites alone.
apt_configure() {
  local arch=$1 dir bases suite base
  shift
  dir=$(apt_dir "$arch")
  [[ -r $debian_keyring ]] ||
    skip "$debian_keyring is missing: apt-get install debian-archive-keyring"
  bases=$(mirror_bases) || skip "apt here knows no Debian mirror: set HOODTRACE_VM_MIRROR to one"
  mkdir -p "$dir"/{lists,archives}/partial
  : >"$dir/status"
  for suite in "$@"; do
    base=${bases%%$'\n'*}
    if [[ $suite == *-security ]]; then base=${bases##*$'\n'}; fi
    printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$arch" "$debian_keyring" "$base" "$suite"
  done >"$dir/sources.list"
  # The hooks of the machine's own configuration would act on the machine: cleared.
  cat >"$dir/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Dir::State "$dir";
Dir::State::Lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::Cache "$dir";
Dir::Cache::archives "$dir/archives";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
CONF
}

# apt_quietly ARCH ARGS…: apt-get; a failure of the network is a skip, any other one (a bad
# signature above all) is an error.
apt_quietly() {
  local dir log
  dir=$(apt_dir "$1")
  log=$dir/log
  shift
  if LC_ALL=C apt-get -c "$dir/apt.conf" -q "$@" >"$log" 2>&1; then return 0; fi
  grep -E '^(E|W|Err)' "$log" | tail -n 5 >&2 || true
  if grep -qE 'NO_PUBKEY|EXPKEYSIG|BADSIG|not signed|Hash Sum mismatch|unexpected size' "$log"; then
    die "apt refused what it was given (log: $log)"
  fi
  if grep -qiE 'resolv|connect|unreachable|timed? ?out|proxy|5[0-9][0-9] +[A-Z]' "$log"; then
    skip "no network to the Debian mirror (log: $log)"
  fi
  die "apt-get failed (log: $log)"
}

# apt_update ARCH SUITE...: configures apt for these suites, with package lists no older than ten minutes.
# A suite whose release file is out of date (a mirror that no longer follows it) is left out, with a note.
apt_update() {
  local arch=$1 stamp log stale suite suites=() wanted
  stamp=$(apt_dir "$arch")/updated log=$(apt_dir "$arch")/log
  shift
  wanted=$*
  apt_configure "$arch" "$@"
  if [[ $(cat "$stamp" 2>/dev/null) == "$wanted" && -n $(find "$stamp" -mmin -10) ]]; then return 0; fi
  if ! (apt_quietly "$arch" update) 2>/dev/null; then
    stale=$(stale_suites "$log")
    if [[ -n $stale ]]; then
      for suite in "$@"; do
        if grep -qxF "$suite" <<<"$stale"; then
          note "the mirror's $suite is out of date, and is left out"
        else
          suites+=("$suite")
        fi
      done
      ((${#suites[@]} > 0)) || skip "every suite of the mirror is out of date: $*"
      set -- "${suites[@]}"
      apt_configure "$arch" "$@"
    fi
    apt_quietly "$arch" update
  fi
  printf '%s' "$wanted" >"$stamp"
}

# stale_suites LOG: those whose release file apt refused for its date.
stale_suites() {
  sed -nE 's#.*Release file for [^ ]*/dists/([^/ ]+)/.* (is expired|is not valid yet).*#\1#p' "$1"
}

# apt_newest ARCH PATTERN: the package of the highest version whose whole name matches.
apt_newest() {
  apt-cache -c "$(apt_dir "$1")/apt.conf" pkgnames | grep -xE -- "$2" | sort -V | tail -n 1
}

# apt_pieces ARCH PACKAGE: the package, and those that it is split into from 6.19 on.
apt_pieces() {
  printf '%s\n' "$2"
  apt-cache -c "$(apt_dir "$1")/apt.conf" depends --important "$2" |
    sed -nE 's/^ *Depends: (linux-(base|binary|modules)-[0-9].*)$/\1/p'
}
