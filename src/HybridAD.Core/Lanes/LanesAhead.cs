using System.Runtime;
using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <summary>
/// Whether functions over registers of 256 bits were compiled beforehand (src/Precompile), and for a processor like this one; nothing is for other registers. What is to be optimised
/// at its first call never is, so functions that have a code for it have it as a method of its own (<see cref="Primitives.IUnaryRule.ValueAhead"/>), of the same numbers: the first
/// call then need not wait for the JIT. Where this is false that method begins with code that is not optimised, so it is not to be called. No function that scales by powers of two has one:
/// the instruction for that is one that only some processors have, and code that asks for it is compiled when it runs.
/// </summary>
internal static class LanesAhead
{
    /// <summary>Whether they were.</summary>
    public static bool AreCompiled { get; } = Find();

    private static bool Find()
    {
        var before = JitInfo.GetCompiledMethodCount(currentThread: true);
        _ = Probe(default);
        return JitInfo.GetCompiledMethodCount(currentThread: true) == before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes256 Probe(Lanes256 x) => Lanes256.FlipSign(Lanes256.FusedMultiplyAdd(x, x, x), x);
}
