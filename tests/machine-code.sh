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
dotnet build tests/LstmSharp.Campaigns -c Release -v q >/dev/null
program=tests/LstmSharp.Campaigns/bin/Release/net10.0/LstmSharp.Campaigns

# listing NAME WIDTH [VARIABLE=VALUE...]: runs every kind of model and keeps the tiles' machine code.
listing() {
    local name=$1 width=$2
    shift 2
    env "$@" DOTNET_JitDisasm='SixRowsFourVectors SixRowsTwoVectors FourRowsFourVectors TwoRows OneRow TwoPanels OnePanel Columns *ThreeVectors *PanelsOfThirds OnePanelOfThirds' \
        DOTNET_JitStdOutFile="$folder/$name.txt" "$program" fingerprint --width "$width" >/dev/null
}

if grep -qw avx512f /proc/cpuinfo; then
    listing "AVX-512" 512
    listing "AVX-512, 256 bits" 256
fi
listing "AVX2" 256 DOTNET_EnableAVX512=0

# A listing cuts a method into labelled blocks of instructions. An innermost loop is the blocks from a label to a jump back to it, with no
# such loop among them.
awk '
    function add(from, to,    n, total, verdict) {
        for (n = from; n <= to; n++) {
            for (what in sought) { total[what] += count[n, what] }
        }
        if (total["fused"] >= 2) {
            verdict = total["stack"] == 0 && total["apart"] == 0 ? "clean" : "NOT CLEAN"
            printf "%-18s %-20s %12d %6d %6d %11d %6d  %s\n", machine, method, total["instructions"], total["fused"], total["loads"], \
                total["stack"], total["apart"], verdict
            loops++
            clean += verdict == "clean"
        }
    }
    BEGIN {
        split("instructions fused loads stack apart", names)
        for (n in names) { sought[names[n]] }
        printf "%-18s %-20s %12s %6s %6s %11s %6s\n", "machine", "tile", "instructions", "fused", "loads", "stack moves", "apart"
    }
    FNR == 1 { machine = FILENAME; sub(/.*\//, "", machine); sub(/\.txt$/, "", machine) }
    /Assembly listing for method/ {
        method = $0; sub(/.*:/, "", method); sub(/\(.*/, "", method)
        block = lastOfLoop = 0
        delete blockOf
        delete count
    }
    /^G_M[0-9A-Za-z]*_IG[0-9]+:/ { sub(/:.*/, "", $1); blockOf[$1] = ++block; next }
    block > 0 && NF > 0 && $1 !~ /^;/ {
        count[block, "instructions"]++
        count[block, "fused"] += $1 ~ /^vfn?m(add|sub)/
        count[block, "apart"] += $1 ~ /^v(mul|add|sub)ps$/
        count[block, "loads"] += $0 ~ /mmword ptr \[|dword ptr \[/
        count[block, "stack"] += $0 ~ /[xyz]mm.*\[r[bs]p/ || $0 ~ /\[r[bs]p.*[xyz]mm/
        if ($1 ~ /^j/ && $NF in blockOf && blockOf[$NF] > lastOfLoop) {
            add(blockOf[$NF], block)
            lastOfLoop = block
        }
    }
    END {
        printf "%d loops, %d clean, %d not\n", loops, clean, loops - clean
        exit loops == 0 || clean < loops
    }
' "$folder"/*.txt
