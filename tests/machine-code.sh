#!/usr/bin/env bash
# Reads the machine code that the JIT compiler makes of the tiles' innermost loops (src/LstmSharp/Kernels/Tiles*.cs) and checks that
# they multiply and add in one instruction and never go through the stack. docs/performance.md explains it.
#
#   tests/machine-code.sh [OUTPUT_FOLDER]     default: a temporary folder, removed at the end; it receives the listings
#
# Prints one line for every loop; the last line is "N loops, N clean, N not". Exit status: 0 all clean, else 1. Needs the .NET SDK, and
# x64; what the machine cannot compile for is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

folder=${1:-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
dotnet build tests/LstmSharp.Fingerprint -c Release -v q >/dev/null
program=tests/LstmSharp.Fingerprint/bin/Release/net10.0/LstmSharp.Fingerprint

# listing NAME WIDTH [VARIABLE=VALUE...]: runs every kind of model and keeps the tiles' machine code.
listing() {
    local name=$1 width=$2
    shift 2
    env "$@" DOTNET_JitDisasm='SixRowsFourVectors SixRowsTwoVectors FourRowsFourVectors TwoRows OneRow' \
        DOTNET_JitStdOutFile="$folder/$name.txt" "$program" --width "$width" >/dev/null
}

listing "AVX-512" 512
listing "AVX-512, 256 bits" 256
listing "AVX2" 256 DOTNET_EnableAVX512=0

# A loop is a block of instructions that multiplies and adds and ends with a jump to its own start.
awk '
    function finish(    verdict) {
        if (fused >= 2 && jumps == label) {
            verdict = stack == 0 && apart == 0 ? "clean" : "NOT CLEAN"
            printf "%-18s %-20s %12d %6d %6d %11d %6d  %s\n", machine, method, instructions, fused, loads, stack, apart, verdict
            loops++
            clean += verdict == "clean"
        }
        label = ""; instructions = fused = loads = stack = apart = 0; jumps = ""
    }
    BEGIN {
        printf "%-18s %-20s %12s %6s %6s %11s %6s\n", "machine", "tile", "instructions", "fused", "loads", "stack moves", "apart"
    }
    FNR == 1 { finish(); machine = FILENAME; sub(/.*\//, "", machine); sub(/\.txt$/, "", machine) }
    /Assembly listing for method/ { finish(); method = $0; sub(/.*:/, "", method); sub(/\(.*/, "", method) }
    /^G_M[0-9A-Za-z]*_IG[0-9]+:/ { finish(); label = $1; sub(/:.*/, "", label); next }
    label != "" && NF > 0 && $1 !~ /^;/ {
        instructions++
        fused += $1 ~ /^vfn?m(add|sub)/
        apart += $1 ~ /^v(mul|add|sub)ps$/
        loads += $0 ~ /mmword ptr \[|dword ptr \[/
        stack += $0 ~ /[xyz]mm.*\[r[bs]p/ || $0 ~ /\[r[bs]p.*[xyz]mm/
        if ($1 ~ /^j/) { jumps = $NF }
    }
    END {
        finish()
        printf "%d loops, %d clean, %d not\n", loops, clean, loops - clean
        exit loops == 0 || clean < loops
    }
' "$folder"/*.txt
