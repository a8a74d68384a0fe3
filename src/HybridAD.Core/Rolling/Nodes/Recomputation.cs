using HybridAD.Primitives;

namespace HybridAD.Rolling.Nodes;

/// <summary>
/// When an expression that several instances read is computed again by each of them, and when it is computed once, stored and loaded: an estimate in the arithmetic
/// operations on vectors that processors do in the time.
/// </summary>
/// <remarks>
/// Computing it again takes its operations and those of its partial derivatives once more for each reader but one. Storing it takes a store and loads for each
/// partial derivative, of which there are as many as the expression reads numbers; neighbours read the same numbers, so that the readers have these anyway. The loads of
/// neighbours cross lines of the cache, and what long functions store does not stay in the first cache: a store counts as eight operations, a load as five.
/// With more than two readers operations multiply faster than loads are saved: then only what is cheap is computed again.
/// </remarks>
internal static class Recomputation
{
    /// <summary>An expression of at most this cost is computed again by however many readers.</summary>
    public const int Cheap = 2 * OperationCosts.Cheap;

    /// <summary>No expression of more is computed again.</summary>
    public const int Most = MostLeaves * (Store + Readers * Load);

    /// <summary>An operation and its partial derivative: nothing costs less.</summary>
    public const int Least = 2;

    /// <summary>So many readers an expression has at most that is computed again although it is not cheap.</summary>
    public const int Readers = 2;

    private const int Store = 8;
    private const int Load = 5;
    private const int Division = 16;

    /// <summary>Values are one number, however many their expressions read, and are computed by the same blocks: partial derivatives count up to so many.</summary>
    private const int MostLeaves = 2;

    private static readonly byte[] Costs = MakeCosts();

    /// <summary>What computing an operation and its partial derivatives again takes.</summary>
    public static int CostOf(byte operation) => Costs[operation];

    /// <summary>What computing operations again takes at least, unless it is more than <see cref="Most"/> anyway.</summary>
    /// <param name="operations">Number of operations.</param>
    /// <param name="cost">Their cost, see <see cref="OperationCosts"/>: more than one each only if there are divisions or longer operations among them.</param>
    public static long AtLeast(int operations, int cost) =>
        (long)Least * operations + ((long)cost - operations) * (Division - Least) / (OperationCosts.Division - OperationCosts.Arithmetic);

    /// <summary>The most that an expression may take to be computed again.</summary>
    /// <param name="readers">How many read it.</param>
    /// <param name="leaves">How many numbers it reads.</param>
    public static int Limit(int readers, int leaves) => readers > Readers ? Cheap : Math.Max(Cheap, Math.Min(leaves, MostLeaves) * (Store + Readers * Load));

    private static byte[] MakeCosts()
    {
        var costs = new byte[256];
        foreach (var primitive in Primitive.All)
            costs[primitive.Code] = primitive.ValueCost switch
            {
                CostClass.Free or CostClass.Arithmetic => Least,
                // The partial derivatives use the quotient. The unit that divides does so while others are at work.
                CostClass.Division => Division,
                _ => Most + 1,
            };
        return costs;
    }
}
