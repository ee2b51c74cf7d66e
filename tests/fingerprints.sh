#!/usr/bin/env bash
# Takes the fingerprint (the fingerprint of tests/LstmSharp.Campaigns) in every way of running the library and compares it with the committed one:
# threads, vector widths, smaller instruction sets, NativeAOT, linux-arm64 under QEMU. docs/same-bits.md explains it.
#
#   tests/fingerprints.sh [OUTPUT_FOLDER]     default: a temporary folder, removed at the end
#
# The last line is "N combinations, N equal, N different, N not run". Exit status: 0 all equal, 1 one differs or failed,
# 2 all that ran are equal but some could not run. Needs the .NET SDK, for NativeAOT clang or gcc, and for arm64 the Debian packages
# qemu-user libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross; it installs nothing.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

project=tests/LstmSharp.Campaigns
expected=$(<"$project/Fingerprint/expected-hash.txt")
arm_root=/usr/aarch64-linux-gnu
if [ $# -gt 0 ]; then
    mkdir -p "$1"
    out=$(cd "$1" && pwd)
else
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
fi

equal=0
different=0
not_run=0

row() { printf '%-46s %-5s %7s  %-10.10s  %s\n' "$@"; }

# check NAME THREADS COMMAND...: runs a command and compares its last line with the expected hash.
check() {
    local name=$1 threads=$2 start=$EPOCHREALTIME hash verdict seconds
    shift 2
    if hash=$("$@" --threads "$threads" 2>"$out/error.log" | tail -n 1) && [ "$hash" = "$expected" ]; then
        verdict=equal
        equal=$((equal + 1))
    else
        verdict="DIFFERENT: $* --threads $threads: $(head -c 300 "$out/error.log")"
        different=$((different + 1))
    fi
    seconds=$(((${EPOCHREALTIME/./} - ${start/./}) / 100000))
    row "$name" "$threads" "${seconds%?}.${seconds: -1}" "$hash" "$verdict"
}

# skip COUNT NAME REASON
skip() {
    not_run=$((not_run + $1))
    row "$2" "-" "-" "-" "not run ($1): $3"
}

# publish NAME OPTION...: publishes the program to $out/NAME.
publish() {
    local name=$1
    shift
    dotnet publish "$project" -c Release --artifacts-path "$out/build-$name" -o "$out/$name" "$@" >"$out/$name.log" 2>&1
}

row way threads seconds hash verdict
all_threads="1 2 3 4 8"
if publish jit; then
    jit=(dotnet "$out/jit/LstmSharp.Campaigns.dll" fingerprint)
    for width in 512 256 128; do
        for threads in $all_threads; do
            check "JIT, width $width" "$threads" "${jit[@]}" --width "$width"
        done
    done
    for threads in 1 2; do
        check "JIT, without AVX-512 (width 256)" "$threads" env DOTNET_EnableAVX512=0 "${jit[@]}"
        check "JIT, without AVX2 and FMA (width 128)" "$threads" env DOTNET_EnableAVX2=0 "${jit[@]}"
        check "JIT, without AVX (width 128)" "$threads" env DOTNET_EnableAVX=0 "${jit[@]}"
        check "JIT, without tiers" "$threads" env DOTNET_TieredCompilation=0 "${jit[@]}"
    done
else
    skip 23 "JIT" "it does not build: $(tail -n 3 "$out/jit.log")"
fi

# native INSTRUCTIONS THREADS: with NativeAOT for an instruction set, "default" for the compiler's own choice.
native() {
    local instructions=$1 options=(-r linux-x64 -p:PublishAot=true) threads
    [ "$instructions" = default ] || options+=("-p:IlcInstructionSet=$instructions")
    if publish "aot-$instructions" "${options[@]}"; then
        for threads in $2; do
            check "NativeAOT linux-x64, $instructions" "$threads" "$out/aot-$instructions/LstmSharp.Campaigns" fingerprint
        done
    else
        skip "$(wc -w <<<"$2")" "NativeAOT linux-x64, $instructions" "it does not publish: $(tail -n 3 "$out/aot-$instructions.log")"
    fi
}

if ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
    skip 12 "NativeAOT" "NativeAOT links with clang or gcc, and neither is installed"
else
    native default "1 2"
    native x86-64-v3 "$all_threads"
    if grep -qw avx512bw /proc/cpuinfo; then
        native x86-64-v4 "$all_threads"
    else
        skip 5 "NativeAOT linux-x64, x86-64-v4" "this processor has no AVX-512"
    fi
fi

if ! command -v qemu-aarch64 >/dev/null || [ ! -e "$arm_root/lib/libstdc++.so.6" ] || [ ! -e "$arm_root/lib/libgcc_s.so.1" ]; then
    skip 5 "linux-arm64 under QEMU" \
        "install Debian's qemu-user libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross"
elif publish arm64 -r linux-arm64 --self-contained; then
    # QEMU before 8.1 runs stale code where a program writes code through one mapping and runs it through another, as .NET does
    # unless told otherwise: wrong results and crashes, in about half of the runs.
    for threads in $all_threads; do
        check "linux-arm64 under QEMU" "$threads" env DOTNET_EnableWriteXorExecute=0 \
            qemu-aarch64 -L "$arm_root" "$out/arm64/LstmSharp.Campaigns" fingerprint
    done
else
    skip 5 "linux-arm64 under QEMU" "it does not publish: $(tail -n 3 "$out/arm64.log")"
fi

echo "$((equal + different + not_run)) combinations, $equal equal, $different different, $not_run not run"
[ "$different" -eq 0 ] || exit 1
[ "$not_run" -eq 0 ] || exit 2
