# Sourced by ./run, ./test and ./bench/run: finds or installs what the machine must have. Quiet unless something is missing or fails.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true

# Folder of Debian packages that an ordinary user cannot install and therefore unpacks.
unpacked=$root/.cache/debian
if [[ -d $unpacked ]]; then
  export PATH=$unpacked/usr/bin:$PATH
  export LD_LIBRARY_PATH=$unpacked/usr/lib/x86_64-linux-gnu:$unpacked/usr/lib/aarch64-linux-gnu:$unpacked/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export ESPEAK_DATA_PATH=$unpacked/usr/lib/x86_64-linux-gnu/espeak-ng-data
  for folder in "$unpacked"/usr/lib/postgresql/*/bin; do [[ -d $folder ]] && export PATH=$folder:$PATH; done
fi

say() { echo "$*" >&2; }

fail() { say "$*"; exit 1; }

need_dotnet() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is needed: put dotnet on PATH."
  dotnet --list-sdks | grep -q '^10\.' || fail "The .NET 10 SDK is needed, but dotnet has only: $(dotnet --list-sdks | tr '\n' ' ')"
}

# have PROGRAM: on PATH, or, for PostgreSQL's server, where the distribution keeps it.
have() {
  command -v "$1" >/dev/null && return
  [[ $1 == postgres ]] && compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

# need PROGRAM PACKAGE: installs the Debian package when the program is missing; without root, downloads and unpacks it.
need() {
  have "$1" && return
  say "Installing $2 ($1 is missing) ..."
  if [[ $(id -u) == 0 ]]; then install_package "$2"; elif sudo -n true 2>/dev/null; then install_package "$2" sudo; else unpack_package "$2"; fi
  have "$1" || fail "$1 is still missing after installing the package $2."
}

install_package() {
  local log=$root/.cache/apt.log; mkdir -p "$root/.cache"
  # The package of PostgreSQL would make and start a cluster of its own: ours is private.
  local no_cluster=/etc/postgresql-common/createcluster.d/callcenter.conf
  if [[ $1 == postgresql* ]]; then
    ${2:-} mkdir -p "$(dirname $no_cluster)"
    echo 'create_main_cluster = false' | ${2:-} tee $no_cluster >/dev/null
  fi
  ${2:-} env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1" >"$log" 2>&1 ||
    { ${2:-} apt-get update >>"$log" 2>&1 && ${2:-} env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1" >>"$log" 2>&1; } ||
    { cat "$log" >&2; fail "Could not install $1."; }
  if [[ $1 == postgresql* ]]; then ${2:-} rm -f $no_cluster; fi
}

unpack_package() {
  local state=$root/.cache/apt log=$root/.cache/apt.log
  mkdir -p "$state/lists/partial" "$state/archives/partial" "$unpacked"
  local apt=(apt-get -o "Dir::State::lists=$state/lists" -o "Dir::Cache=$state" -o "Dir::Cache::archives=$state/archives" -o Debug::NoLocking=true)
  { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends --download-only "$1"; } >"$log" 2>&1 || { cat "$log" >&2; fail "Could not download $1."; }
  for package in "$state"/archives/*.deb; do dpkg-deb -x "$package" "$unpacked"; done
  rm -rf "$state/archives"
  source "$root/build/setup.sh"
}

# build PROJECT...: builds what has changed since the last build of it, one builder at a time.
build() {
  mkdir -p "$root/.cache" 2>/dev/null || true
  local stamp=$root/.cache/built-$(basename "$1") log=$root/.cache/build.log
  local newer=(-newer "$stamp")
  [[ -f $stamp ]] || newer=()
  [[ -n $(find "$root"/{src,tests,bench,Directory.Build.props,Directory.Packages.props,.editorconfig,global.json,CallCenter.sln} \
    \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f "${newer[@]}" -print -quit) ]] || return 0
  (
    flock 9
    touch "$stamp.begun"
    dotnet build "$root/$1" -c Release --nologo -v quiet -clp:NoSummary >"$log" 2>&1 || { cat "$log" >&2; fail "The build failed."; }
    mv "$stamp.begun" "$stamp"
  ) 9>"$root/.cache/build.lock"
}
