using HybridAD.Plans;

namespace HybridAD.Planning.Elimination.Search;

/// <summary>Steps packed into 32 bits, in the vertex numbers of a <see cref="DualGraph"/>: what the search shuffles.</summary>
internal static class Moves
{
    /// <summary>The largest vertex number that fits.</summary>
    public const int LargestVertex = (1 << 15) - 1;

    public static uint Vertex(int v) => (uint)v;

    public static uint Front(int from, int to) => 1u << 30 | (uint)from << 15 | (uint)to;

    public static uint Back(int from, int to) => 2u << 30 | (uint)from << 15 | (uint)to;

    public static EliminationKind KindOf(uint step) => (EliminationKind)(step >> 30);

    public static int FromOf(uint step) => (int)(step >> 15 & LargestVertex);

    public static int ToOf(uint step) => (int)(step & LargestVertex);

    public static bool IsVertex(uint step) => step >> 30 == 0;
}
