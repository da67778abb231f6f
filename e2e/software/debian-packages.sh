#!/bin/sh
# Unpacks Debian packages, and what they depend on and a root does not have, into a folder.
#
# Arguments: the list of what the root has (its /var/lib/dpkg/status), the folder, the packages.
set -eu
status=$1
folder=$2
shift 2
mkdir -p "$folder/archives/partial" "$folder/root"
apt-get update -qq
# As root, since the sandbox of apt may not write there.
apt-get install -qq -y --no-install-recommends --download-only \
  -o "Dir::State::status=$status" -o "Dir::Cache::archives=$folder/archives" -o APT::Sandbox::User=root "$@"
for package in "$folder"/archives/*.deb; do
  dpkg-deb --extract "$package" "$folder/root"
done
rm -r "$folder/archives"
# Where a root has links since Debian 12, a folder of a package would take the place of one, and with it of the loader.
for name in bin sbin lib lib64; do
  if [ -d "$folder/root/$name" ]; then
    mkdir -p "$folder/root/usr/$name"
    cp -a "$folder/root/$name/." "$folder/root/usr/$name/"
    rm -r "${folder:?}/root/$name"
  fi
done
