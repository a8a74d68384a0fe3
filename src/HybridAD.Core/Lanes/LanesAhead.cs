using System.Runtime;
using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <summary>Whether code over some registers was compiled beforehand, and for a processor like this one.</summary>
/// <typeparam name="T">The registers.</typeparam>
internal static class LanesAhead<T>
    where T : struct, ILanes<T>
{
    /// <summary>Whether it was.</summary>
    public static bool AreCompiled { get; } = Find();

    private static bool Find()
    {
        // Nothing is compiled beforehand for wider registers than these (src/Precompile).
        if (T.Count > Lanes256.Count)
            return false;
        var before = JitInfo.GetCompiledMethodCount(currentThread: true);
        _ = Probe(default);
        return JitInfo.GetCompiledMethodCount(currentThread: true) == before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Probe(T x) => T.FusedMultiplyAdd(x, x, x);
}
