using System.Runtime.CompilerServices;
using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

/// <summary>Room on the stack for the operands of almost every operation.</summary>
[InlineArray(Length)]
internal struct IntervalOperands
{
    /// <summary>How many operands there is room for.</summary>
    public const int Length = 4;

    private Interval _first;
}
