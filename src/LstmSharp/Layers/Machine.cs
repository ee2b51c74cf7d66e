using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>What computes. Results do not depend on it.</summary>
/// <param name="Width">The vector width the kernels run with.</param>
/// <param name="Crew">The threads that take part.</param>
internal readonly record struct Machine(SimdWidth Width, Crew Crew);
