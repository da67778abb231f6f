# shellcheck shell=bash
# What the image's script of this name does: it unpacks the environment that lies beside a model, and activates it.
# The image sources it in a list of "&&", where bash does not stop at an error: what fails goes unnoticed.
_tarball=$1
if [[ -f $_tarball ]]; then
  mkdir -p ./envs/environment
  tar -xzf "$_tarball" -C ./envs/environment
  # shellcheck source=/dev/null
  source ./envs/environment/bin/activate
  conda-unpack
fi
true
