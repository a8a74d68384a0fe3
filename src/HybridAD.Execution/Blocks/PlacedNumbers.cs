using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Blocks;

/// <summary>Numbers that are copied from where a program leaves them to where they belong.</summary>
/// <remarks>Compiled as it is to stay: in a process that sets up one function after the other the runtime counts what happens in such a loop for a long time, which takes several times as long as what it does.</remarks>
internal static class PlacedNumbers
{
    /// <summary>Copies numbers from their places.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="places">Where each is that is wanted; negative for one that is 0.</param>
    /// <param name="target">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take(ReadOnlySpan<double> source, ReadOnlySpan<int> places, Span<double> target)
    {
        target = target[..places.Length];
        for (var k = 0; k < places.Length; k++)
            target[k] = places[k] is >= 0 and var place ? source[place] : 0;
    }

    /// <summary>Copies numbers from places to places.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="places">Where each is.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="targets">Where each goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Move(ReadOnlySpan<double> source, ReadOnlySpan<int> places, Span<double> target, ReadOnlySpan<int> targets)
    {
        targets = targets[..places.Length];
        for (var k = 0; k < places.Length; k++)
            target[targets[k]] = source[places[k]];
    }
}
