#!/bin/sh
# Makes the secrets of docker-compose.yml, once: what is there stays. Key material comes from the service itself, by default from the
# image that `docker compose build` made; KEYSTILE names another way to call it, such as KEYSTILE='node dist/cli/keystile.js'.
set -eu
keystile=${KEYSTILE:-docker run --rm --network none keystile node dist/cli/keystile.js}
folder=${1:-$(dirname "$0")/secrets}

umask 077
mkdir -p "$folder"

# A container reads its secrets as another user, so the files are readable and their folder is not.
keep() {
  if [ -s "$folder/$1" ]; then return; fi
  cat >"$folder/$1.new"
  if [ ! -s "$folder/$1.new" ]; then
    echo "make-secrets: nothing came for $1" >&2
    exit 1
  fi
  chmod 644 "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
  echo "made $folder/$1"
}
random() { od -An -v -tx1 -N 24 /dev/urandom | tr -d ' \n'; }

random | keep mysql_password
random | keep mysql_root_password
random | keep metrics_token
random | keep redis_password
printf 'mysql://keystile:%s@mysql:3306/keystile' "$(cat "$folder/mysql_password")" | keep database_url
printf 'redis://:%s@redis:6379/0' "$(cat "$folder/redis_password")" | keep redis_url

if [ ! -s "$folder/key_peppers" ] || [ ! -s "$folder/jwt_signing_keys" ] || [ ! -s "$folder/audit_signing_keys" ]; then
  made=$($keystile secrets)
  printf '%s\n' "$made" | sed -n 's/^KEY_PEPPERS=//p' | keep key_peppers
  printf '%s\n' "$made" | sed -n 's/^JWT_SIGNING_KEYS=//p' | keep jwt_signing_keys
  printf '%s\n' "$made" | sed -n 's/^AUDIT_SIGNING_KEYS=//p' | keep audit_signing_keys
fi
