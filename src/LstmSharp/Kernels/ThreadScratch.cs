using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>Memory that a single step works in: one for each thread, so that nobody has to be asked for it.</summary>
internal static unsafe class ThreadScratch
{
    [ThreadStatic]
    private static AlignedBuffer? t_buffer;

    /// <summary>Makes room for so many floats, until the thread asks again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* Reserve(long count) => (t_buffer ??= new AlignedBuffer()).Reserve(count);
}
