#!/bin/sh
# Builds the programs "peers", "interpreter" and, where the AMPL Solver Library is installed, "asl" with a compiler into a folder:  build.sh COMPILER FOLDER
# What the machine does not have is left out: ADOL-C, Ceres' Jet, Eigen's AutoDiffScalar, glibc's vector functions.
set -eu
compiler=$1
folder=$2
source=$(dirname "$0")
# gcc 12 calls its own intrinsics uninitialised.
flags="-std=c++17 -O3 -march=native -Wall -Wextra -Wno-unknown-warning-option -Wno-maybe-uninitialized"
libraries=
mkdir -p "$folder"

links() { echo 'int main() {}' | "$compiler" -x c++ - "$@" -o "$folder/probe" 2>/dev/null; }

if [ -d /usr/include/eigen3 ]; then flags="$flags -isystem /usr/include/eigen3"; fi
if links -Wl,--no-as-needed -lmvec; then libraries="$libraries -lmvec"; flags="$flags -DHAVE_LIBMVEC"; fi
if links -Wl,--no-as-needed -ladolc; then libraries="$libraries -ladolc"; flags="$flags -DHAVE_ADOLC"; fi
if links -lamplsolver -ldl; then
  # shellcheck disable=SC2086
  "$compiler" $flags -isystem /usr/include/ampl-netlib-solvers "$source/asl/asl.cpp" -o "$folder/asl" -lamplsolver -ldl
fi
rm -f "$folder/probe"
# shellcheck disable=SC2086
"$compiler" $flags "$source/interpreter/interpreter.cpp" -o "$folder/interpreter"

objects=
for file in "$source"/*.cpp; do
  object=$folder/$(basename "$file" .cpp).o
  objects="$objects $object"
  # shellcheck disable=SC2086
  "$compiler" $flags -c "$file" -o "$object"
done
# shellcheck disable=SC2086
"$compiler" $objects $libraries -o "$folder/peers"
