using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>Managed memory that does not move and starts on a cache line; the garbage collector frees it.</summary>
/// <remarks>Whoever works with <see cref="Pointer"/> keeps the buffer reachable meanwhile.</remarks>
internal sealed unsafe class AlignedBuffer
{
    private const int AlignmentBytes = 64;

    /// <summary>Room for moving the start to the alignment, and for <see cref="ReadableBeyond"/>.</summary>
    private const int SpareFloats = (AlignmentBytes / sizeof(float)) + ReadableBeyond;

    /// <summary>How many floats beyond those reserved may be read, though not used: a tile reads whole panels.</summary>
    private const int ReadableBeyond = 64;

    private float[] _memory = [];
    private int _start;

    /// <summary>The first float, on a multiple of 64 bytes.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Makes room for at least this many floats; what it held before is lost when it grows. It grows by half at least, so
    /// that many small steps do not leave as many arrays behind.</summary>
    /// <exception cref="ArgumentException">No array can hold so many floats.</exception>
    public float* Reserve(long count)
    {
        if (_memory.Length < count + SpareFloats)
        {
            Grow(count);
        }

        return Pointer;
    }

    /// <summary>The first so many of the floats reserved; it keeps the memory reachable.</summary>
    public Span<float> AsSpan(int count) => _memory.AsSpan(_start, count);

    private void Grow(long count)
    {
        if (count > Array.MaxLength - SpareFloats)
        {
            throw new ArgumentException(
                $"The batch or the layer is too large: one buffer would hold {count} values, but at most "
                + $"{Array.MaxLength - SpareFloats} fit. Use fewer rows, a shorter sequence or a smaller layer.");
        }

        long grown = Math.Clamp(_memory.Length * 3L / 2, count, Array.MaxLength - SpareFloats);
        _memory = GC.AllocateArray<float>((int)grown + SpareFloats, pinned: true);
        float* memory = (float*)Unsafe.AsPointer(ref _memory[0]);
        Pointer = (float*)(((nuint)memory + AlignmentBytes - 1) & ~(nuint)(AlignmentBytes - 1));
        _start = (int)(Pointer - memory);
    }
}
