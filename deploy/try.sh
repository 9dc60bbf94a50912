#!/bin/bash
# Runs the commands of deploy/Dockerfile where there is no Docker, each stage in a bare tree of its own: this machine's
# /usr and /etc to read, and nothing of the project but what the file copies. Then it starts what came out, as nobody and
# without any setting, and asks it for a page. It builds no image: what the base image brings is not tried.
# Needs Linux, root, and the commands unshare, chroot, setpriv and tar, and the network for packages. Takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo 'deploy/try.sh needs root, to mount and to change the root folder' >&2; exit 1; }
if [ "${1:-}" != inside ]; then exec unshare --mount --pid --mount-proc --fork --kill-child "$0" inside; fi

node=$(node -p process.execPath 2>/dev/null || true)
[ -x node_modules/node/bin/node ] && node=$(readlink -f node_modules/node/bin/node)
case $("$node" --version) in v24.*) ;; *) echo 'the image runs Node 24: install the project first, it brings one' >&2; exit 1 ;; esac
trees=$(mktemp -d /tmp/halley-try-XXXXXX)
# Never by rm: what is mounted below is this machine.
trap 'cd /; umount -l -R "$trees" && rmdir "$trees"' EXIT
mount -t tmpfs -o mode=755 tmpfs "$trees"

# $1: a stage, empty but for what every machine has.
bare() {
  local tree=$trees/$1 link
  mkdir -p "$tree"/{usr,etc,dev,proc,tmp,root,run,var/tmp,opt/node}
  for link in bin sbin lib lib64; do [ -L /$link ] && ln -s "usr/$link" "$tree/$link"; done
  for link in usr etc; do mount --rbind "/$link" "$tree/$link"; mount -o remount,bind,ro "$tree/$link"; done
  mount --rbind /dev "$tree/dev"
  mount -t proc proc "$tree/proc"
  chmod 1777 "$tree/tmp"
  cp "$node" "$tree/opt/node/node"
}

# How this machine reaches the network.
mapfile -t outside < <(env | grep -iE '^(https?_proxy|no_proxy|npm_config_[a-z_]+|node_extra_ca_certs|ssl_cert_file)=' || true)

# Of stage $1, as user $2, in $workdir: the rest.
within() {
  local stage=$1 user=$2
  shift 2
  chroot "$trees/$stage" env -i PATH=/opt/node:/usr/bin:/bin HOME=/tmp "${outside[@]}" "${settings[@]}" \
    setpriv --reuid "$user" --regid "$user" --clear-groups sh -c "cd $workdir && $*"
}

stage='' workdir=/ command='' settings=()
while IFS= read -r line; do
  word=${line%% *} rest=${line#* }
  case $word in
    FROM) stage=${rest##* }; [[ $rest == *' AS '* ]] || stage=last
      workdir=/ settings=(); echo "== $line"; bare "$stage" ;;
    WORKDIR) workdir=$rest; mkdir -p "$trees/$stage$rest" ;;
    COPY) echo "-- $line"
      if [[ $rest == --from=* ]]; then
        read -r from source target <<<"${rest#--from=}"
        mkdir -p "$trees/$stage$target"; cp -a "$trees/$from$source/." "$trees/$stage$target"
      else
        read -r source target <<<"$rest"
        sed 's#^\*\*/##' deploy/Dockerfile.dockerignore >"$trees/ignored"
        tar c --exclude-from="$trees/ignored" "$source" | tar x --no-same-owner -C "$trees/$stage$target"
      fi ;;
    RUN) echo "-- $line"; within "$stage" 0 "${rest//node:node/65534:65534}" ;;
    ENV) for pair in $rest; do settings+=("$pair"); done ;;
    CMD) command=$(tr -d '[]",' <<<"$rest") ;;
  esac
done < <(grep -vE '^(#|$)' deploy/Dockerfile)

echo "== what came out, beside the base image: $(du -shx "$trees/last/app" | cut -f1)"
settings+=(PORT=18080 HOST=127.0.0.1)
echo "-- $command, as nobody"
within last 65534 "exec $command" >"$trees/output" 2>&1 &
server=$!
for _ in $(seq 240); do
  kill -0 $server 2>/dev/null || { cat "$trees/output"; echo 'it has ended' >&2; exit 1; }
  "$node" -e 'fetch("http://127.0.0.1:18080/health/ready").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))' && break
  sleep 0.5
done
"$node" --input-type=module -e '
  const ask = async (path) => {
    const answer = await fetch("http://127.0.0.1:18080" + path)
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer.text()
  }
  await ask("/health/ready")
  const feed = /assets\/feed-[\w-]+\.js/.exec(await ask("/halley.js"))[0]
  console.log(`ready; /halley.js and ${feed}, ${(await ask("/" + feed)).length} characters, are handed out`)
' || { cat "$trees/output"; exit 1; }
ls "$trees/last/app/widget/earlier" | sed 's/^/laid into the volume of scripts: /'
# There are only processes of ours here.
kill -TERM "$(pgrep -x -f "$command")"
wait $server && echo 'ended with 0 on SIGTERM'
echo 'Every command of deploy/Dockerfile ran in a bare tree and what came out serves. NO IMAGE WAS BUILT: there is no Docker here.'
