namespace HybridAD.Execution.Kernels;

/// <summary>A compiled kernel of one instance, whose positions are compiled in.</summary>
/// <param name="memory">The working memory.</param>
/// <param name="point">The caller's point.</param>
/// <param name="result">The caller's result.</param>
internal delegate void StraightLineKernel(ref double memory, ref readonly double point, ref double result);

/// <summary>
/// Evaluates at a point, with all that has to be asked before and after: whether the arrays are as long as they should be and apart from each other, whether
/// nobody watches, and whether what was computed is finite. Where one of it is not so, something else evaluates instead.
/// </summary>
/// <param name="point">The first number of the point.</param>
/// <param name="pointLength">Length of the point.</param>
/// <param name="result">The first number of the result.</param>
/// <param name="resultLength">Length of the result.</param>
/// <param name="workspace">Scratch memory, and who watches.</param>
internal delegate void PointFunction(ref readonly double point, int pointLength, ref double result, int resultLength, Workspace? workspace);

/// <summary>The same where the outputs of a function are computed with the entries of its Jacobian.</summary>
/// <param name="point">The first number of the point.</param>
/// <param name="pointLength">Length of the point.</param>
/// <param name="values">The first output.</param>
/// <param name="valuesLength">Number of outputs.</param>
/// <param name="result">The first entry.</param>
/// <param name="resultLength">Number of entries.</param>
/// <param name="workspace">Scratch memory, and who watches.</param>
internal delegate void PointFunctionWithValues(
    ref readonly double point, int pointLength, ref double values, int valuesLength, ref double result, int resultLength, Workspace? workspace);

/// <summary>A part of a divided straight-line kernel.</summary>
internal delegate void StraightLinePart(ref double memory, ref readonly double point, ref double result, ref double registers);

/// <summary>Where a straight-line kernel loads or stores a number. What a kernel stores it does not load.</summary>
/// <param name="Space">The array.</param>
/// <param name="Position">The position there.</param>
/// <param name="Store">What a store does.</param>
/// <param name="IsWatched">Whether what is stored raises the alarm if it is not finite.</param>
internal readonly record struct FixedPosition(Space Space, int Position, StoreKind Store = StoreKind.Assign, bool IsWatched = false);

/// <summary>A straight-line kernel of several parts; steps that cross from part to part go through memory.</summary>
internal sealed class DividedStraightLine(StraightLinePart[] parts, int registerCount) : IDividedCode
{
    [ThreadStatic]
    private static double[]? _registers;

    /// <inheritdoc/>
    public IReadOnlyList<Delegate> Parts => parts;

    /// <summary>Computes the instance.</summary>
    public void Run(ref double memory, ref readonly double point, ref double result)
    {
        var registers = _registers;
        if (registers is null || registers.Length < registerCount)
            _registers = registers = new double[Math.Max(1, registerCount)];
        foreach (var part in parts)
            part(ref memory, in point, ref result, ref registers[0]);
    }
}
