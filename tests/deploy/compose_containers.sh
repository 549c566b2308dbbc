#!/usr/bin/env bash
# Runs the shop and the agent of deploy/compose/compose.yaml in containers with podman-compose, without a daemon, and
# checks what the file promises: the agent is healthy, hardened, counts every request, and ends after the shop. The
# other services are left out: their images are those of their projects. Not a part of tests/run.sh, because it
# installs containers; needs root on Debian 12 and a network the first time.
# Usage: tests/deploy/compose_containers.sh    (needs build/release/leeway or LEEWAY_BIN)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

leeway=${LEEWAY_BIN:-$PWD/build/release/leeway}
tools=$PWD/build/tools
base=$tools/bookworm-python.tar
python_image=$(sed -n 's/^ *image: \(.*python.*\)/\1/p' deploy/compose/compose.yaml | sort -u)
work=/tmp/leeway-compose-$$
export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf BUILDAH_ISOLATION=chroot
export LEEWAY_IMAGE=localhost/leeway:demo

fail() {
  echo "compose_containers: $*" >&2
  exit 1
}

compose() {
  "$tools/venv/bin/podman-compose" --in-pod=0 --file deploy/compose/compose.yaml --file "$work/alone.yaml" "$@"
}

# Podman knows only what is under $work: with a missing file of configuration it would refuse to run.
clean_up() {
  podman rm --force --all --volumes >/dev/null 2>&1 || echo "compose_containers: containers may be left, see $work" >&2
  rm -rf "$work"
}

install_tools() {
  local missing=() package
  for package in podman buildah runc debootstrap python3-venv util-linux curl; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  if ((${#missing[@]} > 0)); then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
  [[ -x $tools/venv/bin/python ]] || python3 -m venv "$tools/venv"
  "$tools/venv/bin/pip" install --quiet --disable-pip-version-check podman-compose==1.5.0
}

# Everything of podman is under $work. The default network would change the machine's, so there is none; what the
# containers leave out is deleted by the second file.
configure() {
  mkdir "$work"
  cat >"$CONTAINERS_CONF" <<END
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
END
  cat >"$CONTAINERS_STORAGE_CONF" <<END
[storage]
driver = "vfs"
graphroot = "$work/storage"
runroot = "$work/run"
END
  cat >"$work/alone.yaml" <<END
services:
  shop:
    network_mode: none
    ports: !reset []
  leeway:
    network_mode: none
    ports: !reset []
    depends_on: !reset []
END
}

# Debian's Python instead of the image of Python's project, which needs a registry of images.
build_images() {
  if [[ ! -e $base ]]; then
    debootstrap --variant=minbase --include=python3 bookworm "$work/root" >"$work/debootstrap.log" ||
      fail "debootstrap failed: $(tail -n 3 "$work/debootstrap.log")"
    tar -C "$work/root" --exclude=./var/cache --exclude=./usr/share/doc -cf "$base.new" .
    mv "$base.new" "$base"
    rm -rf "$work/root"
  fi
  podman import --quiet "$base" "$python_image" >/dev/null
  deploy/image/build.sh --binary "$leeway" --tool podman "$LEEWAY_IMAGE"
}

# in_container SERVICE COMMAND...: in the network of its container, with the programs of this machine.
in_container() {
  local pid
  pid=$(podman inspect --format '{{.State.Pid}}' "leeway-demo_$1_1")
  shift
  nsenter --target "$pid" --net "$@"
}

check_hardening() {
  local pid status expected
  pid=$(podman inspect --format '{{.State.Pid}}' leeway-demo_leeway_1)
  status=$(</proc/"$pid"/status)
  for expected in 'Uid:	65532	65532' 'CapBnd:	0000000000000000' 'NoNewPrivs:	1' 'Seccomp:	2'; do
    [[ $status == *"$expected"* ]] || fail "the agent's process lacks '$expected': $status"
  done
  expected='67108864 16 true'
  status=$(podman inspect --format '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.HostConfig.ReadonlyRootfs}}' leeway-demo_leeway_1)
  [[ $status == "$expected" ]] || fail "limits of the agent are '$status', not '$expected'"
}

counted() {
  in_container leeway curl --silent --noproxy '*' http://127.0.0.1:9464/metrics |
    awk '/^shop_requests_total\{/ { sum += $2 } END { print sum + 0 }'
}

((EUID == 0)) || fail "run it as root"
[[ -x $leeway ]] || fail "$leeway is not there: build it, or set LEEWAY_BIN"
install_tools
configure
trap clean_up EXIT
build_images
links() { ip -o link | cut -d ' ' -f 2; }
before=$(links)
compose up --detach --no-build leeway shop
started=$(podman inspect --format '{{.State.StartedAt.UnixNano}} {{.Name}}' leeway-demo_leeway_1 leeway-demo_shop_1 | sort -n)
[[ $started == *leeway-demo_leeway_1*leeway-demo_shop_1 ]] || fail "the shop was started before the agent: $started"
podman healthcheck run leeway-demo_leeway_1 || fail "the agent is not healthy: $(podman logs leeway-demo_leeway_1 2>&1)"
check_hardening
sleep 5
compose stop shop
served=$(podman logs leeway-demo_shop_1 | sed -n 's/^{"requests": \([0-9]*\),.*/\1/p')
for ((try = 0; try < 50; ++try)); do
  count=$(counted)
  [[ $count != "$served" ]] || break
  sleep 0.1
done
if [[ $count != "$served" ]] || ((count == 0)); then
  fail "the shop served '$served' requests, the agent has counted $count: $(podman logs leeway-demo_shop_1 2>&1)"
fi
compose stop leeway
code=$(podman inspect --format '{{.State.ExitCode}}' leeway-demo_leeway_1)
[[ $code == 0 ]] || fail "the agent ended with exit code $code"
compose down --volumes 2>/dev/null # it also names what was never started
[[ -z $(podman ps --all --quiet)$(podman volume ls --quiet) ]] || fail "containers or volumes are left"
[[ $(links) == "$before" ]] || fail "other network interfaces than before: $(links)"
echo "the agent counted all $count requests, healthy, hardened, in containers"
