using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>What computes. Results do not depend on it.</summary>
/// <param name="Width">The vector width the kernels run with.</param>
/// <param name="Crew">The threads that take part.</param>
/// <param name="LeastOperations">Below this many multiplications and additions one thread works alone, where it can do all of them
/// without meeting another; see <see cref="SequenceModel.LeastOperationsToShare"/>.</param>
internal readonly record struct Machine(SimdWidth Width, Crew Crew, double LeastOperations = 0);
