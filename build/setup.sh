# Sourced by ./run, ./test and ./bench/run: finds or installs what the machine must have. Quiet unless something is missing or fails.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$root/.cache
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
# What a build starts ends with it. The compiler's server may stay, it ends when it has been idle for ten minutes: without one, building takes several times as long.
export MSBUILDDISABLENODEREUSE=1
# The product needs no ICU (Directory.Build.props); then the SDK's own programs shall not either.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

say() { echo "$*" >&2; }

fail() { say "$*"; exit 1; }

# alone COMMAND...: runs it in a subshell, and one at a time over all that set up this folder.
alone() {
  { mkdir -p "$cache" && : >>"$cache/lock"; } 2>/dev/null ||
    fail "Something has to be installed or built first, but user $(id -un) may not write to $cache. Run this once as $(stat -c %U "$root"), or use a copy of the folder."
  (
    flock --nonblock 9 || { say "Waiting for another set-up of $root ..."; flock 9; }
    # Closed for what is started: whatever stays running would keep the lock.
    "$@" 9>&-
  ) 9>>"$cache/lock"
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is needed: put dotnet on PATH."
  dotnet --list-sdks | grep -q '^10\.' || fail "The .NET 10 SDK is needed, but dotnet has only: $(dotnet --list-sdks | tr '\n' ' ')"
}

# Debian packages that an ordinary user cannot install and therefore unpacks: a folder for each, with all that it depends on and the machine lacks.
unpacked=$cache/debian
system_path=$PATH system_libraries=${LD_LIBRARY_PATH:-}

use_unpacked() {
  local folder libraries programs
  PATH=$system_path LD_LIBRARY_PATH=$system_libraries
  for folder in "$unpacked"/*/; do
    libraries=${folder}usr/lib/$(uname -m)-linux-gnu
    # Debian builds some programs to look for a private library in a subfolder by its absolute path: libpulse, which espeak-ng needs, does.
    if [[ -d $libraries ]]; then
      LD_LIBRARY_PATH=$libraries:$libraries/pulseaudio:${folder}lib/$(uname -m)-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    fi
    for programs in "$folder"usr/bin "$folder"usr/lib/postgresql/*/bin; do
      if [[ -d $programs ]]; then PATH=$programs:$PATH; fi
    done
    if [[ -d $libraries/espeak-ng-data ]]; then export ESPEAK_DATA_PATH=$libraries/espeak-ng-data; fi
  done
  if [[ -n $LD_LIBRARY_PATH ]]; then export LD_LIBRARY_PATH; else unset LD_LIBRARY_PATH; fi
}
use_unpacked

# have PROGRAM: on PATH, or, for PostgreSQL's server, where the distribution keeps it.
have() {
  command -v "$1" >/dev/null && return
  [[ $1 == postgres ]] && compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

# need PROGRAM PACKAGE: installs the Debian package when the program is missing; without root, downloads and unpacks it.
need() {
  have "$1" && return
  alone get "$@"
  use_unpacked
  have "$1" || fail "$1 is still missing after installing the package $2."
}

get() {
  use_unpacked
  have "$1" && return
  say "Installing $2 ($1 is missing) ..."
  if [[ $(id -u) == 0 ]]; then install_package "$2"; elif sudo -n true 2>/dev/null; then install_package "$2" sudo; else unpack_package "$2"; fi
}

# apt_install PACKAGE COMMAND...: COMMAND is apt-get with options. It looks for newer package lists only when the present ones do not do.
apt_install() {
  local package=$1 log=$cache/apt.log; shift
  local install=("$@" install -y --no-install-recommends "$package")
  "${install[@]}" >"$log" 2>&1 || { "$@" update && "${install[@]}"; } >>"$log" 2>&1 || { cat "$log" >&2; fail "Could not install $package."; }
}

# need_unpacked PROGRAM PACKAGE: as need, but never installed: a server whose package would have the machine start it.
need_unpacked() {
  have "$1" && return
  alone get_unpacked "$@"
  use_unpacked
  have "$1" || fail "$1 is still missing after unpacking the package $2."
}

get_unpacked() {
  use_unpacked
  have "$1" && return
  say "Unpacking $2 ($1 is missing) ..."
  unpack_package "$2"
}

install_package() {
  # The package of PostgreSQL would make and start a cluster of its own: ours is private.
  local no_cluster=/etc/postgresql-common/createcluster.d/callcenter.conf
  if [[ $1 == postgresql* ]]; then
    ${2:-} mkdir -p "$(dirname $no_cluster)"
    echo 'create_main_cluster = false' | ${2:-} tee $no_cluster >/dev/null
  fi
  # The machine's own updates may hold the lock for a while.
  apt_install "$1" ${2:-} env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300
  if [[ $1 == postgresql* ]]; then ${2:-} rm -f $no_cluster; fi
}

unpack_package() {
  local state=$cache/apt new=$unpacked/.new package
  rm -rf "$state/archives" "$new"
  mkdir -p "$state/lists/partial" "$state/archives/partial" "$new"
  apt_install "$1" apt-get -o "Dir::State::lists=$state/lists" -o "Dir::Cache=$state" -o "Dir::Cache::archives=$state/archives" -o Debug::NoLocking=true --download-only
  for package in "$state"/archives/*.deb; do dpkg-deb -x "$package" "$new"; done
  rm -rf "$state/archives"
  # In place only when complete: an interrupted unpacking begins anew.
  mv "$new" "$unpacked/$1"
}

# need_node_packages FOLDER: installs what its package-lock.json names, unless that has been done.
need_node_packages() {
  has_node_packages "$1" || alone get_node_packages "$1"
}

has_node_packages() { [[ -f $root/$1/node_modules/.package-lock.json && ! $root/$1/package-lock.json -nt $root/$1/node_modules/.package-lock.json ]]; }

get_node_packages() {
  local log=$cache/npm.log
  has_node_packages "$1" && return
  say "Installing the Node packages of $1 ..."
  npm ci --prefix "$root/$1" --ignore-scripts --no-audit --no-fund >"$log" 2>&1 || { cat "$log" >&2; fail "Could not install the Node packages of $1."; }
}

# build PROJECT: builds it unless what it is built from is as it was at the last build.
build() {
  local built=$cache/built-$(basename "$1")
  is_built "$built" || alone rebuild "$1" "$built"
}

is_built() { [[ -f $1 && $(<"$1") == "$(sources)" ]]; }

# Names, sizes and times of all source files, in one number. What builds and tests leave behind is no source.
sources() {
  find "$root"/{src,tests,bench,Directory.Build.props,Directory.Packages.props,.editorconfig,global.json,CallCenter.sln} \
    \( -name bin -o -name obj -o -name node_modules -o -name TestResults -o -name '*.received.*' \) -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum
}

rebuild() {
  local project=$1 built=$2 log=$cache/build.log now
  now=$(sources)
  is_built "$built" && return
  say "Building $project ..."
  dotnet build "$root/$project" -c Release --nologo -v quiet -clp:NoSummary >"$log" 2>&1 || { cat "$log" >&2; fail "The build failed."; }
  echo "$now" >"$built"
}
